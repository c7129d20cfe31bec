"""The site serves nothing: its tables, its sessions and its signatures are what is tested."""
urlpatterns = []
