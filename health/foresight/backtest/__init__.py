"""Back-test of the score: does it tell which customers churn, compared with simple baselines?"""
