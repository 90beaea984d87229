"""`iptvvtab doctor`: is everything between here and the portal's rows as it should be?"""
