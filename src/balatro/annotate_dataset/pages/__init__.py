"""The pages of `balatro annotate`: Label, Screens, Verify, Coverage. `main.py` is the script that Streamlit runs."""
