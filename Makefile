# One command per intention; `make help` lists them. Users need Python 3.11 or newer, git and make.
PYTHON ?= python3
APP := .venvs/app/bin/python
SAM := .venvs/sam/bin/sam
export SAM_CLI_TELEMETRY := 0
export PYTHONPATH := $(CURDIR):$(CURDIR)/shared
comma := ,
words_of = $(subst $(comma), ,$(1))
FAST_STARTS = $(APP) -m dev.artifacts.fast_starts
BUILT := .aws-sam/build/template.yaml
APP_LOCKS := $(sort $(wildcard layers/*/requirements.txt)) requirements/dev.txt

.DEFAULT_GOAL := help
.PHONY: help setup run demo phone owner test faults guards kills upgrade bench mcp-conformance check format capabilities permissions openapi screenshots countries validate build artifacts fuzz audit android-check lock clean

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venvs/app/ready .venvs/cloud/ready ## Make the two Python environments (once; 400 MB on disk)

run: setup ## Run Roost on this machine until Ctrl-C (PORT=8787; LAN=1 lets phones in your network reach it)
	@$(APP) -m dev run $(if $(PORT),--port $(PORT)) $(if $(LAN),--lan)

demo: setup ## Send one SMS through everything and print its timeline (WITHOUT_PHONE=1 shows it fail)
	@$(APP) -m dev demo $(if $(WITHOUT_PHONE),--without-phone --patience 5)

phone: setup ## Join a virtual phone to any server: make phone LINK="roost://pair?..." (STORE=folder, FCM=url of the stand-in)
	@$(APP) -m dev.phone --store $(or $(STORE),.roost/phone) $(if $(FCM),--fcm $(FCM)) $(if $(LINK),--pair "$(LINK)") $(PHONE_OPTIONS)

owner: setup ## Accounts, keys, plans, prices of a deployed stack: make owner ARGS="--help" (ARGS="--local ..." for make run)
	@$(APP) -m owner $(ARGS)

test: setup ## Run all tests
	@$(APP) -m pytest -q -n 2 $(TESTS)

faults: setup ## Play every fault and a seeded random run (SEED=, MESSAGES=, PHONES=, ONLY=name,name)
	@$(APP) -m dev.faults $(if $(SEED),--seed $(SEED)) $(if $(MESSAGES),--messages $(MESSAGES)) $(if $(PHONES),--phones $(PHONES)) $(if $(ONLY),--only $(ONLY))

guards: setup ## Take each guard out of a copy of the code: the fault scenarios must notice (ONLY=part of a name)
	@$(APP) -m dev.faults.guards $(if $(ONLY),"$(ONLY)")

kills: setup ## SIGKILL functions, phones and the local cloud in the middle of a run, in real time (MESSAGES=, PHONES=, SEED=)
	@$(APP) -m dev.faults.kill_run $(if $(MESSAGES),--messages $(MESSAGES)) $(if $(PHONES),--phones $(PHONES)) $(if $(SEED),--seed $(SEED))

upgrade: setup ## Use a Roost of an earlier version, put this one in its place, show that all is kept (FROM=tag or commit)
	@$(APP) -m dev.upgrade $(FROM)

bench: setup ## Measure cost, speed and growth; goals, tables and docs/performance.md (ONLY=cost,growth; SMALL=1 keeps nothing)
	@$(APP) -m benchmarks $(if $(ONLY),--only $(ONLY)) $(if $(SMALL),--small)

mcp-conformance: setup ## The official MCP suite and clients against our endpoints, both eras (needs npm and network; ROUNDS=)
	@$(APP) -m dev.mcp_conformance $(ROUNDS)

check: setup ## Check format, lint and types
	@$(APP) -m ruff format --check .
	@$(APP) -m ruff check .
	@$(APP) -m mypy

format: setup ## Format the code and mend what the linter can
	@$(APP) -m ruff format .
	@$(APP) -m ruff check --fix .

capabilities: setup ## Show which of the promised capabilities the tests prove
	@$(APP) -m tests.capabilities $(if $(OUTCOMES),--outcomes=$(OUTCOMES),-n 2)

permissions: setup ## Run all tests and show what the template allows a function that it never used
	@$(APP) -m tests.permissions $(if $(USES),--uses=$(USES),-n 2)

openapi: setup ## Write the OpenAPI document from the routes
	@$(APP) -m dev.openapi

screenshots: setup ## Photograph the pages into docs/screenshots (needs Chromium)
	@$(APP) -m dev.screenshots

countries: ## Write the tables of countries, zones and dialling from libphonenumber (needs network)
	@test -x .venvs/countries/bin/pip || $(PYTHON) -m venv .venvs/countries
	@.venvs/countries/bin/pip install -q --disable-pip-version-check --no-deps -r requirements/countries.txt
	@.venvs/countries/bin/python -m dev.countries
	@.venvs/countries/bin/python -m dev.number_table

validate: setup .venvs/sam/ready ## Check template.yaml with SAM and cfn-lint
	@$(SAM) validate --lint
	@$(FAST_STARTS) template.yaml .fast-starts.yaml --snapstart send_message --warm verify_codes
	@.venvs/sam/bin/cfn-lint --non-zero-exit-code informational template.yaml .fast-starts.yaml infra/*.yaml && echo "cfn-lint: no findings"

build: setup .venvs/sam/ready ## Build what is deployed (no Docker), import each function from it (SNAPSTART=, WARM=name,name)
	@PATH="$(CURDIR)/.venvs/app/bin:$$PATH" $(SAM) build --cached
	@$(APP) -m dev.artifacts
	@$(if $(SNAPSTART)$(WARM),$(FAST_STARTS) $(BUILT) $(BUILT) --snapstart $(call words_of,$(SNAPSTART)) --warm $(call words_of,$(WARM)))

artifacts: build ## Build, then serve each event of events/ from the build under AWS's own runtime client
	@$(APP) -m pytest -q -n 0 tests/dev/artifacts/test_built_functions.py

fuzz: setup .venvs/fuzz/ready ## Call every documented route of the local cloud with generated requests (EXAMPLES=, SEED=)
	@$(APP) -m dev.fuzz $(if $(EXAMPLES),--examples $(EXAMPLES)) $(if $(SEED),--seed $(SEED))

audit: setup .venvs/audit/ready ## Known vulnerabilities, licences, secrets; writes sbom.json (the first needs network; ADVISORIES=url)
	@$(APP) -m dev.audit $(if $(ADVISORIES),--advisories $(ADVISORIES))

android-check: setup ## Compile, test and package the phone app (Debian 12 with Java 17 and npm; SCENARIOS=none, few or all)
	@android-fcm-client/check/check.sh

lock: ## Resolve all pins anew from the *.in files (needs network)
	@test -x .venvs/lock/bin/uv || { $(PYTHON) -m venv .venvs/lock && .venvs/lock/bin/pip install -q uv; }
	@requirements/lock.sh .venvs/lock/bin/uv

clean: ## Remove the environments and build output; keep local data (.roost)
	rm -rf .venvs .aws-sam .pytest_cache .mypy_cache .ruff_cache .hypothesis

# An environment is ready when its stamp is newer than its locks. A changed lock makes the environment anew.
.venvs/app/ready: $(APP_LOCKS)
	@$(call make_environment,app,$(APP_LOCKS))

.venvs/cloud/ready: requirements/cloud.txt
	@$(call make_environment,cloud,requirements/cloud.txt)

.venvs/fuzz/ready: requirements/fuzz.txt
	@$(call make_environment,fuzz,requirements/fuzz.txt)

.venvs/audit/ready: requirements/audit.txt
	@$(call make_environment,audit,requirements/audit.txt)

.venvs/sam/ready: requirements/sam.txt
	@$(call make_environment,sam,requirements/sam.txt)

define make_environment
command -v $(PYTHON) >/dev/null || { echo "Roost needs Python 3.11 or newer; there is no $(PYTHON) here. Install it, or name another: make setup PYTHON=python3.12" >&2; exit 1; }
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Roost needs Python 3.11 or newer; $(PYTHON) is " + sys.version.split()[0] + ". Install one, or name it: make setup PYTHON=python3.12")'
echo "Installing $$(cat $(2) | grep -c ==) packages from PyPI into .venvs/$(1) (tens of MB; half a minute on a fast line)."
$(PYTHON) -m venv --clear .venvs/$(1)
.venvs/$(1)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps $(addprefix -r ,$(2))
touch $@
echo "Ready: .venvs/$(1)"
endef
