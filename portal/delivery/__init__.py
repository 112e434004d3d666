"""Carries the messages of the inbox out: web push, WhatsApp, SMS; where nothing arrives, an officer in person."""
