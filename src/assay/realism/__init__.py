"""Can anyone tell the evaluation from deployment, and by what?"""
