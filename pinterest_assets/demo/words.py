"""Names and texts of the demo, awkward ones included: emoji, quotes, line breaks. No logic."""

from __future__ import annotations

THEMES = (
    "Autumn living room 🍂",
    'The "Slow Kitchen"',
    "Balcony & garden",
    "Kids' rooms\nre-imagined",
    "Gift guide 🎁 2-for-1",
    "Lagom, hygge & more",
    "Lighting; lamps, candles",
    "Zimmerpflanzen für Anfänger",
    "Café à la maison ☕",
    "Bathroom refresh — under 100",
    "Back\\slash storage",
    "Wedding season 💍",
)

AUDIENCES_OF_GROUPS = (
    "Prospecting",
    "Retargeting 30d",
    "Lookalike 1%",
    "Interest: home décor",
    'Broad "open"',
    "Mobile only 📱",
)

HOOKS = (
    "Warm light",
    "Shelf life ✨",
    'He said "wow"',
    "Before / after",
    "5 ideas,\none room",
    "Oak & linen",
    "Soft wool",
    "Small space, big plans",
)

KEYWORDS = (
    "living room ideas",
    "small kitchen",
    "balcony garden",
    '"boho" décor',
    "kids room storage",
    "christmas decor ideas",
    "indoor plants",
    "diy shelf",
    "linen curtains",
    "bathroom inspiration",
    "reading nook",
    "lampen wohnzimmer",
    "deco salon",
    "wedding table",
    "mid century modern",
    "wall art, large",
    "entryway bench",
    "home office setup",
    "rattan chair",
    "terracotta pots",
    "ideias de quarto",
    "moss green sofa",
    "gallery wall",
    "open shelving 🪴",
)

NEGATIVE_KEYWORDS = ("free", "jobs", "second hand", "repair", "wholesale")

BOARDS = (
    "Living room",
    "Kitchen stories",
    "Holiday plans",
    "Drafts (secret)",
    "Best of “Maison” 🏠",
)

SECTIONS = ("Lamps", "Sofas & chairs", "Colours\tand paint", "Tables")

PIN_TEXTS = (
    "A calm corner for Sundays ☕",
    'They call it "the nook"',
    "Line one\nline two\nline three",
    "Oak, linen, light",
    None,
    "50% off? No: 100% worth it",
)

INTERESTS = (
    "Food and Drinks",
    "Home Decor",
    "Gardening",
    "DIY and Crafts",
    "Women's Fashion",
    "Architecture",
)
PINNER_INTERESTS = (
    "Chocolate Cookies",
    "Scandinavian Interior",
    "Balcony Plants",
    "Upcycling",
    "Slow Living",
)
