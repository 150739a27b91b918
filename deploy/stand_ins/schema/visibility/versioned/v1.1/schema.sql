-- As the real visibility schema does: an extension, by a user who is no superuser.
CREATE EXTENSION btree_gin;
