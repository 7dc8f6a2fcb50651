// A helper library: nothing in it says that it is a plugin.
int shoal_test_helper() { return 1; }
