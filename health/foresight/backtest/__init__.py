"""Back-test of the score: does it predict which customers churn, compared with simple baselines (docs/method.md, section 5)?"""
