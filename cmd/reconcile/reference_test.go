package main

import (
	"flag"
	"testing"

	"batchcomplete/internal/lang"
	"batchcomplete/internal/manual"
)

// make docs runs the test below with this flag.
var update = flag.Bool("update", false, "write the generated block of docs/reference.md anew")

// TestTheReferenceIsWhatTheProgramHas holds the committed page against the program's own flags.
func TestTheReferenceIsWhatTheProgramHas(t *testing.T) {
	zh, en := (&app{lang: lang.Zh}).root(), (&app{lang: lang.En}).root()
	if err := manual.Block("../../docs/reference.md", "flags of reconcile", manual.Flags(zh, en), *update); err != nil {
		t.Error(err)
	}
}
