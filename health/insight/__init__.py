"""Frames, sentences and titles for the screens; pure functions without Streamlit."""
