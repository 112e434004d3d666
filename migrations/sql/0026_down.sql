DROP TABLE eligible;
