"""Invented names and short texts; any resemblance to real firms, persons or addresses is accidental."""

STEMS = (
    "Alder", "Amber", "Anker", "Arbo", "Aurel", "Bellamar", "Birken", "Bravo", "Brenn", "Calder", "Carmine", "Cedro", "Corvin", "Dalmar",
    "Delfin", "Dorn", "Eben", "Elster", "Esch", "Falken", "Fenwick", "Fjord", "Garde", "Ginster", "Grün", "Halden", "Hasel", "Heron",
    "Høg", "Iller", "Isar", "Jasmin", "Juno", "Kastell", "Kiefer", "Koral", "Lagune", "Lerchen", "Linden", "Lumen", "Löwen", "Marlow",
    "Mistral", "Möwe", "Nebra", "Nimbus", "Nord", "Olive", "Onyx", "Orkan", "Pappel", "Pélican", "Quell", "Rabe", "Rivera", "Rosen",
    "Saphir", "Silber", "Šuma", "Tanne", "Torr", "Ulmen", "Vela", "Wacker", "Weiden", "Yara", "Zeder", "Žito", "Ólafur", "Łąka", "Étoile",
    "Çınar", "Ñandú", "Ηλιος", "Заря", "Волна", "青山", "さくら", "한빛", "نور",
)  # fmt: skip
COMPOUNDING = STEMS.index("Ηλιος")
ENDINGS = (
    "", "hof", "feld", "werk", "tal", "berg", "au", "stein", "bach", " & Partner", " Süd", " Nova", " & Töchter", " Plus", "mark", "see",
    "brück", " Atelier",
)  # fmt: skip
# for stems in another script, where a compound would look wrong
APART = (
    "", " One", " Field", " Works", " Valley", " Hill", " East", " Stone", " Bridge", " & Co", " South", " Nova", " & Sons", " Plus",
    " West", " Lake", " North", " Studio",
)  # fmt: skip
TRADES = (
    "Logistik", "Bakery", "Dental", "Hotel", "Print", "Steel", "Foods", "Pharma", "Law", "Travel", "Garden", "Audio", "Textil", "Optik",
    "Bau", "Energy", "Medien", "Glas", "Keramik", "Motors", "Care", "Kids", "Wine", "Timber", "Schulen", "Reha", "Software", "Tools",
    "Events", "Elektro", "Papier", "Möbel",
)  # fmt: skip
FORMS = ("GmbH", "AG", "KG", "Ltd", "s.r.o.", "SARL", "d.o.o.", "e.U.", "BV", "S.p.A.")
GIVEN = (
    "Ada", "Bo", "Carla", "Darko", "Eva", "Finn", "Greta", "Hakan", "Ines", "Jonas", "Katya", "Luis", "Mira", "Nils", "Olga", "Pavel",
    "Rosa", "Sami", "Tereza", "Udo", "Vera", "Wim", "Xenia", "Yusuf", "Zoë", "Łukasz", "Åsa", "Şirin", "José", "Mei",
)  # fmt: skip
FAMILY = (
    "Adler", "Berisha", "Carvalho", "Dvořák", "Eder", "Fischer", "Gruber", "Horvat", "Ilić", "Jansen", "Kaya", "Lind", "Moreau", "Núñez",
    "Olsen", "Pichler", "Quast", "Rossi", "Šimić", "Tóth", "Unger", "Varga", "Weiß", "Yılmaz", "Zimmer", "O'Neill", "Øster", "Papas",
    "Kowal", "Tanaka", "Wolf", "Brandt", "Sand",
)  # fmt: skip
TEAMS = ("north", "south", "east", "west", "centre", "service desk")
SEGMENTS = ("enterprise", "mid-size", "small")
COMPETITORS = ("Telvora", "Ringfast", "Nordkabel", "Quantel", "Blitzfon")
PURPOSES = ("review", "service", "sales", "billing", "other")
CHANNELS = ("call", "email", "visit", "video", "chat")
NOTES = (
    "Quarterly talk, no open points.", "Asked for a second offer.", "Happy with the new router.", "Wants one bill for all sites.",
    "New office planned for spring.", "Wants to hear about fibre.", "Contact person is on leave until Monday.", "Budget talks in autumn.",
    "Compared us with another provider.", "zufrieden, später mehr",
)  # fmt: skip
THEMES = ("billing", "outage", "response time", "delivery", "hardware", "number porting", "unsorted")
THEME_SHARE = (0.26, 0.16, 0.16, 0.14, 0.12, 0.10, 0.06)
COMPLAINTS = {
    "billing": ("The bill shows a line we cancelled.", "Charged twice for the same month.", "The discount is missing again."),
    "outage": ("No service since this morning.", "The line drops every few minutes.", "Whole site offline, customers cannot reach us."),
    "response time": ("Nobody called back.", "Third mail without an answer.", "Forty minutes in the queue."),
    "delivery": ("The router did not arrive.", "Wrong number of SIM cards delivered.", "Installation date moved twice."),
    "hardware": ("Handsets lose their connection.", "The new router restarts by itself.", "Two phones were dead on arrival."),
    "number porting": ("Our old number rings at a stranger's.", "Porting is two weeks late.", "Lost a number in the move."),
    "unsorted": ("Please call us.", "See the attached letter.", "Not what was agreed."),
}
EXITS = {
    "price": ("Got a cheaper offer.", "Budget was cut.", "Too expensive for what we use."),
    "service": ("Too many faults, too slowly solved.", "Tired of chasing tickets.", "Promises were not kept."),
    "contact": ("We never hear from anybody.", "Our contact person kept changing.", "No one asked how we are doing."),
    "product": ("Needs a feature that is missing.", "Coverage at the new site is poor.", "Moving to another system."),
    "competitor": ("A competitor offered a package.", "Group contract with another provider.", "Persuaded by a rival's sales team."),
    "moved": ("Closing this office.", "Moving abroad.", "Site given up."),
    "unknown": ("No reason given.", "Letter without explanation.", "Could not be reached."),
}
REASONS = tuple(EXITS)
DELIVERIES = (
    "new router", "two handsets", "corrected bill", "offer for fibre", "SIM cards", "call list for March", "spare power supply",
    "porting form",
)  # fmt: skip
