"""Texts and frames of the upload screen: effect on scores, refused rows."""
