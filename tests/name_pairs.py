"""Names as people write them: asked of the rule in Python and of its twin in the database."""

#: Typed, recorded: one and the same person.
SAME = (
    ("Siti Aminah", "SITI AMINAH"),
    ("siti  aminah ", "SITI AMINAH"),
    ("SitiAminah", "SITI AMINAH"),
    ("Nur Hayati", "NURHAYATI"),
    ("Aminah Siti", "SITI AMINAH"),
    ("Hj. Siti Aminah, S.Pd", "SITI AMINAH"),
    ("H. Ahmad Ma'ruf", "AHMAD MARUF"),
    ("Ny. Kartini", "KARTINI"),
    ("M. Rizki", "MUHAMMAD RIZKI"),
    ("Muh Rizki", "MOCHAMAD RIZKI"),
    ("Moh. Rizki", "M RIZKI"),
    ("S. Aminah", "SITI AMINAH"),
    ("Siti A", "SITI AMINAH"),
    ("Siti Aminnah", "SITI AMINAH"),
    ("Sulsatri Wahyuni", "SULASTRI WAHYUNI"),
    ("Budi (alm)", "BUDI"),
    ("Suparno", "SUPARNO"),
    ("Haji", "HAJI"),
    ("Ama-Tus Sa\u2019diyah", "AMA TUS SADIYAH"),
)  # fmt: skip

#: Typed, recorded: somebody else, or too little to tell.
DIFFERENT = (
    ("Siti Aminah", "SITI AISYAH"),
    ("Siti", "SITI AMINAH"),
    ("Siti Aminah Wahyuni", "SITI AMINAH"),
    ("S A", "SITI AMINAH"),
    ("A", "AMINAH"),
    ("Budi", "BUDE"),
    ("Sari", "SARIE"),
    ("Siti Aminoh Wahyuni", "SITI AMINAH SULASTRI"),
    ("", "SITI AMINAH"),
    ("123", "SITI AMINAH"),
    ("Slamet", "SELAMET UTOMO"),
    ("S Siti", "S SARI"),
)
