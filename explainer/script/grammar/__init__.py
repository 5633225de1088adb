"""How a language says what stands beside a number: its words, endings, genders and orders.

English, German, Spanish and French are covered well, Italian and Portuguese in part; of other
languages, only what ICU and num2words know.
"""
