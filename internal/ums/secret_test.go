package ums

import (
	"bytes"
	"encoding/base64"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

const secretText = "67890+canary/4567=01234567"

// holders are the shapes in which a key travels: alone, in a struct's exported
// and unexported fields, behind pointers and interfaces, in maps and slices, and
// in the client itself, with a token that it got.
func holders(t *testing.T) map[string]any {
	t.Helper()
	key := NewSecret(secretText)
	client, err := New(Config{BaseURL: ProdURL, AppID: "id", AppKey: key})
	if err != nil {
		t.Fatal(err)
	}
	client.token.value, client.token.ends = key, time.Now().Add(time.Hour)
	type inner struct{ key Secret }
	return map[string]any{
		"alone": key, "pointer": &key, "config": client.config, "client": client,
		"unexported": inner{key}, "deep": &struct{ in *inner }{&inner{key}}, "slice": []Secret{key}, "map": map[string]any{"a": inner{key}},
	}
}

// leaked tells whether a text holds the key, as it is or encoded.
func leaked(text string) bool {
	for _, form := range []string{secretText, hex.EncodeToString([]byte(secretText)), strings.ToUpper(hex.EncodeToString([]byte(secretText))),
		base64.StdEncoding.EncodeToString([]byte(secretText))[:32], strings.Trim(fmt.Sprint([]byte(secretText)), "[]")} {
		if strings.Contains(text, form) {
			return true
		}
	}
	return false
}

func TestASecretNeverPrints(t *testing.T) {
	for name, holder := range holders(t) {
		for _, verb := range "vTtbcdoOqxXUeEfFgGsp" {
			for _, flags := range []string{"", "+", "#", "-40", "0", " ", ".40"} {
				format := "%" + flags + string(verb)
				if text := fmt.Sprintf(format, holder); leaked(text) {
					t.Errorf("%s printed with %s: %s", name, format, text)
				}
			}
		}
		var log strings.Builder
		slog.New(slog.NewTextHandler(&log, nil)).Info("x", "holder", holder, slog.Group("g", "holder", holder))
		slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "holder", holder, slog.Group("g", "holder", holder))
		if leaked(log.String()) {
			t.Errorf("%s logged: %s", name, log.String())
		}
		if err := fmt.Errorf("doing it with %v: %w", holder, errors.New(fmt.Sprint(holder))); leaked(err.Error()) {
			t.Errorf("%s in an error: %v", name, err)
		}
	}
}

func TestASecretIsEncodedAsRedacted(t *testing.T) {
	key := NewSecret(secretText)
	shapes := struct {
		Key     Secret
		Pointer *Secret
		List    []Secret
		Map     map[string]Secret
	}{key, &key, []Secret{key}, map[string]Secret{"a": key}}
	for name, encode := range map[string]func(any) ([]byte, error){"JSON": json.Marshal, "YAML": yaml.Marshal} {
		text, err := encode(shapes)
		if err != nil || leaked(string(text)) || strings.Count(string(text), redacted) != 4 {
			t.Errorf("%s: %s, %v", name, text, err)
		}
	}
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(shapes); err == nil && leaked(b.String()) {
		t.Error("gob tells it")
	}
	if fmt.Sprint(key) != redacted || key.Reveal() != secretText || key.IsZero() || !NewSecret("").IsZero() || (Secret{}).Reveal() != "" {
		t.Error("the secret itself is not as it should be")
	}
}

// TestAPanicDoesNotTellASecret runs itself as another process, once for each
// shape, and looks at what the runtime prints of a panic in a goroutine.
func TestAPanicDoesNotTellASecret(t *testing.T) {
	all := holders(t)
	if name := os.Getenv("PANIC_WITH"); name != "" {
		holder := all[name]
		go func() {
			defer func() { panic(fmt.Sprintf("%+v %#v %v", holder, holder, recover())) }()
			panic(holder)
		}()
		time.Sleep(time.Minute)
		return
	}
	for name := range all {
		child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		child.Env = append(os.Environ(), "PANIC_WITH="+name, "GOTRACEBACK=all")
		out, err := child.CombinedOutput()
		if err == nil || !strings.Contains(string(out), "panic:") {
			t.Fatalf("%s: it did not panic: %v\n%s", name, err, out)
		}
		if leaked(string(out)) {
			t.Errorf("%s:\n%s", name, out)
		}
	}
}
