"""The account manager's work: entries, worklist, plays, diary, handovers and renewals."""
