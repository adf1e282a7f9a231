"""SMS8: flat forms at `/services/*.php`, codes at `/ajax/*.php`, and `/api.php?action=`."""
