"""The pages of `balatro annotate`: Label, Screens, Verify, Map, Coverage. `main.py` is the script that Streamlit runs."""
