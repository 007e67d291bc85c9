// Command release writes the bill of materials of a release, in CycloneDX's JSON form: what the linker put into the
// programs, read from the programs themselves, with Go's own library and the SQLite that is compiled in.
// make dist runs it:
//
//	go run ./release VERSION COMMIT dist/static/batchcomplete dist/static/reconcile >sbom.cdx.json
//
// The same programs give the same bytes: it holds no time and no chance.
package main

import (
	"debug/buildinfo"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/mattn/go-sqlite3"
)

func main() {
	if len(os.Args) < 4 {
		fmt.Fprintln(os.Stderr, "usage: release VERSION COMMIT PROGRAM...")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(version, commit string, paths []string) error {
	var programs []program
	for _, path := range paths {
		info, err := buildinfo.ReadFile(path)
		if err != nil {
			return fmt.Errorf("reading what %s was built from: %w", path, err)
		}
		programs = append(programs, program{filepath.Base(path), info})
	}
	sqlite, _, _ := sqlite3.Version()
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", "  ")
	return out.Encode(materials(version, commit, sqlite, programs))
}
