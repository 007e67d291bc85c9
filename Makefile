# Every target that a person types is explained by its "##" line: make help.
SHELL := /bin/bash
.DEFAULT_GOAL := help

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo development)
COMMIT  := $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
LDFLAGS := -s -w -X main.version=$(VERSION) -X main.commit=$(COMMIT)
GOBUILD := CGO_ENABLED=1 go build -trimpath -ldflags '$(LDFLAGS)'
GOTOOL  := go tool -modfile=tools.mod
FUZZTIME ?= 20s
SEEDS   ?= 1000
FIRST   ?= 1
KILLS   ?= 100
SIZE    ?= small
COUNT   ?= 1
PARTS   ?=
DEMO    := demo

# Where make install puts things: make install PREFIX=/usr DESTDIR=/tmp/package
PREFIX  ?= /usr/local
BIN     := bin
SHARE   := dist/share
STATIC  ?= dist/static

.PHONY: help needs build static share install uninstall dist reproducible test race lint fuzz sim drill mutants bench bench-peer docs pictures demo clean

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Says what is missing and what to install, rather than failing in the middle.
needs:
	@command -v go >/dev/null 2>&1 || { echo "Go is not installed. Install Go 1.26 or later: 'apt-get install golang' where it is that new, else from go.dev/dl, and put its bin folder in PATH."; exit 1; }
	@go version | awk '{split(substr($$3,3),v,"."); exit !(v[1]>1 || v[2]>=26)}' || { echo "$$(go version) is too old. Install Go 1.26 or later."; exit 1; }
	@command -v "$$(go env CC | cut -d' ' -f1)" >/dev/null 2>&1 || { echo "There is no C compiler ($$(go env CC)), which SQLite needs. Install one: 'apt-get install gcc libc6-dev', 'dnf install gcc', 'apk add gcc musl-dev', or on macOS 'xcode-select --install'."; exit 1; }

build: needs ## build both programs into bin/
	@$(GOBUILD) -o $(BIN)/batchcomplete ./cmd/batchcomplete
	@$(GOBUILD) -o $(BIN)/reconcile ./cmd/reconcile

# A static program needs nothing of the machine that it is copied to: no C library, no name service, no zone database.
static: needs ## build both programs for Linux without shared libraries, into dist/static/
	@CGO_ENABLED=1 GOOS=linux go build -trimpath -buildvcs=false -tags 'osusergo netgo sqlite_omit_load_extension' \
	  -ldflags '$(LDFLAGS) -buildid= -linkmode external -extldflags "-static"' -o $(STATIC)/ ./cmd/batchcomplete ./cmd/reconcile

# The manual pages and the completions come from the commands themselves.
share: build
	@rm -rf $(SHARE) && mkdir -p $(SHARE)/{man/man1,man/zh_CN/man1,bash-completion/completions,zsh/site-functions,fish/vendor_completions.d,powershell}
	@out=$$(go test ./cmd/batchcomplete ./cmd/reconcile -run '^TestManualPages$$' -count=1 -args -manual $(abspath $(SHARE))/man) || { echo "$$out"; exit 1; }
	@for program in batchcomplete reconcile; do \
	  $(BIN)/$$program completion bash >$(SHARE)/bash-completion/completions/$$program && \
	  $(BIN)/$$program completion zsh >$(SHARE)/zsh/site-functions/_$$program && \
	  $(BIN)/$$program completion fish >$(SHARE)/fish/vendor_completions.d/$$program.fish && \
	  $(BIN)/$$program completion powershell >$(SHARE)/powershell/$$program.ps1 || exit 1; \
	done

install: share ## install the programs, manual pages and completions (PREFIX, DESTDIR)
	@install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/doc/batchcomplete
	@install -m 0755 $(BIN)/batchcomplete $(BIN)/reconcile $(DESTDIR)$(PREFIX)/bin/
	@cp -r $(SHARE)/. $(DESTDIR)$(PREFIX)/share/
	@cp -r samples docs README.md CHANGELOG.md LICENSE $(DESTDIR)$(PREFIX)/share/doc/batchcomplete/

uninstall: ## remove what make install put there
	@rm -rf $(DESTDIR)$(PREFIX)/share/doc/batchcomplete
	@cd $(DESTDIR)$(PREFIX) && for program in batchcomplete reconcile; do \
	  rm -f bin/$$program share/man/{man1,zh_CN/man1}/$$program{,-*}.1 share/bash-completion/completions/$$program \
	    share/zsh/site-functions/_$$program share/fish/vendor_completions.d/$$program.fish share/powershell/$$program.ps1; \
	done

dist: share ## static archives for linux/amd64 and arm64, checksums, bill of materials, into dist/release/
	@bash release/dist.sh '$(VERSION)' '$(COMMIT)'

reproducible: needs ## build both programs twice from nothing, in two folders, and compare every byte (minutes)
	REPRODUCIBLE=1 go test . -run '^TestTheSameSourceGivesTheSameBytes$$' -count=1 -v -timeout 60m

test: needs ## run the tests
	@command -v soffice >/dev/null || echo "LibreOffice (soffice) is not installed: the tests that have it open and save spreadsheets are skipped."
	go test ./...

race: needs ## run the tests with the race detector
	go test -race ./...

lint: needs ## gofmt, go vet, staticcheck, govulncheck
	@test -z "$$(gofmt -l .)" || { echo "not formatted:"; gofmt -l .; exit 1; }
	go vet ./...
	$(GOTOOL) staticcheck ./...
	@bash .ci/vulncheck

fuzz: needs ## fuzz each fuzz test for FUZZTIME (20s)
	@grep -rl '^func Fuzz' --include='*_test.go' . | while read -r file; do \
	  grep -o '^func Fuzz[A-Za-z0-9_]*' "$$file" | cut -c6- | while read -r name; do \
	    echo "$$name in $$(dirname "$$file")"; \
	    go test -run '^$$' -fuzz "^$$name$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x "./$$(dirname "$$file")" || exit 1; \
	  done || exit 1; \
	done

sim: needs ## live through SEEDS (1000) simulated bad nights, from seed FIRST (1) on
	go test ./internal/sim -run '^TestSeeds$$' -count=1 -timeout=0 -v -seeds=$(SEEDS) -first=$(FIRST)
	go test ./internal/sim -run '^TestDying' -count=1 -timeout=0 -v -points=1

drill: needs ## kill the real program KILLS (100) times, and compare it with the gateway's ledger
	go run ./drill -kills=$(KILLS)

mutants: needs ## plant defects one at a time; each must be caught by a test
	go run ./mutants

# The Go benchmarks' lines are what benchstat reads. COUNT repeats them, SIZE is
# tiny, small or full, PARTS picks parts of the whole; docs/performance.md says more.
bench: needs ## measure: the pieces, then the whole; writes docs/performance.md
	go test -run '^$$' -bench . -benchmem -benchtime 0.5s -count $(COUNT) ./internal/...
	go run ./bench -size $(SIZE) -only "$(PARTS)" -doc docs/performance.md

bench-peer: needs ## measure against a Python script of the ordinary kind
	@/usr/bin/python3 -c 'import openpyxl, requests' 2>/dev/null || { echo "The script needs Python with openpyxl and requests. Install them: 'apt-get install python3 python3-openpyxl python3-requests'."; exit 1; }
	go run ./bench -only peer -doc docs/performance.md

docs: ## write the generated parts of docs/ anew: the reference, the output in the walk-throughs
	go test -p 1 ./cmd/batchcomplete ./cmd/reconcile -run '^TestTheReference' -count=1 -args -update
	go test . -run '^TestTheWalkThroughs' -count=1 -args -update

pictures: build ## make docs/pictures/ anew (LibreOffice, poppler-utils)
	@bash samples/pictures.sh

demo: build ## complete samples/bills.xlsx at the embedded sandbox, and reconcile it
	@bash samples/demo.sh $(DEMO)

clean: ## remove what the other targets made
	rm -rf bin dist $(DEMO)
