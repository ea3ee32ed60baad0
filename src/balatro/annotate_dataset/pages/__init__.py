"""The pages of `balatro annotate`: Label, Verify, Coverage. `main.py` is the script that Streamlit runs."""
