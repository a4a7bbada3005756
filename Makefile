# A Rust toolchain, a C compiler and make are all that is needed; tests want redis-server, too, and install it. Everything
# is built in the dev profile: dependencies are optimised in it, and one build serves `make run` and `make test`.

.PHONY: run test redis bench load docs lint

# The server with the sample applications, on 127.0.0.1:8080.
run:
	cargo run --locked -- serve --config voxbridge.toml

# All tests that need nothing but this folder. Those of the stores start a redis-server of their own.
test: redis
	cargo test --locked

# redis-server is installed where it is missing, if that can be done without asking for a password.
redis:
	@command -v redis-server >/dev/null || { \
		sudo=; [ "$$(id -u)" = 0 ] || sudo="sudo -n"; \
		command -v apt-get >/dev/null && $$sudo apt-get update -q && \
			$$sudo apt-get install -qy --no-install-recommends redis-server; } || \
		echo "redis-server is not installed and cannot be: the tests of the Redis store will fail; install Redis 6 or later"

bench:
	cargo bench --locked

# About two minutes of load on this machine, beside a bare axum server; e.g. make load LOAD="--stores memory --seconds 3"
load:
	cargo bench --locked --bench load -- $(LOAD)

# The reference pages that come from the code.
docs:
	cargo run --locked --quiet -- docs config > docs/configuration.md.new
	mv docs/configuration.md.new docs/configuration.md
	cargo run --locked --quiet -- docs cli > docs/cli.md.new
	mv docs/cli.md.new docs/cli.md
	cargo run --locked --quiet -- docs conformance > docs/conformance.md.new
	mv docs/conformance.md.new docs/conformance.md

lint:
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps
