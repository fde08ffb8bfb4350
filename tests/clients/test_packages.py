def test_clients_have_packages_of_their_own(run, root):
    assert run("import sys; print(sys.prefix)").strip() == str(root / ".venv-clients")
