package main

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/cli"
)

// TestTheScriptingPageHasEveryKey holds docs/scripting.md against the structures
// that are printed.
func TestTheScriptingPageHasEveryKey(t *testing.T) {
	text, err := os.ReadFile("../../docs/scripting.md")
	if err != nil {
		t.Fatal(err)
	}
	keys := 0
	for _, v := range []any{jsonReport{}, verifyReport{}, jsonEvent{}, manifest{}, versionReport{}, cli.Setting{}} {
		for _, key := range keysOf(reflect.TypeOf(v)) {
			keys++
			if !strings.Contains(string(text), "`"+key+"`") {
				t.Errorf("%T: the page does not have `%s`", v, key)
			}
		}
	}
	for _, cause := range batch.Transitions {
		if !strings.Contains(string(text), "`"+string(cause.Cause)+"`") {
			t.Errorf("the page does not have the cause %s", cause.Cause)
		}
	}
	if !strings.Contains(string(text), strings.Join(rowColumns[11:], ",")) {
		t.Error("the page does not have the columns of rows")
	}
	if keys < 50 {
		t.Errorf("only %d keys were found", keys)
	}
}

// keysOf lists the JSON keys of a structure and of those in it.
func keysOf(of reflect.Type) []string {
	for of.Kind() == reflect.Slice || of.Kind() == reflect.Map || of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	if of.Kind() != reflect.Struct {
		return nil
	}
	var keys []string
	for field := range of.NumField() {
		f := of.Field(field)
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
			keys = append(keys, name)
		} else if !f.Anonymous {
			continue
		}
		keys = append(keys, keysOf(f.Type)...)
	}
	return keys
}
