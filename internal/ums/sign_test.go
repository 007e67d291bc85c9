package ums

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// TestThePublicVectorOfBodySignatures is the platform's own example
// (gateway.md §2).
func TestThePublicVectorOfBodySignatures(t *testing.T) {
	got := bodySignature("12345678901234567890123456789012", "67890123456789012345678901234567", "20170101120000", "09876543210987654321098765432109", []byte("A"))
	want := `OPEN-BODY-SIG AppId="12345678901234567890123456789012",Timestamp="20170101120000",Nonce="09876543210987654321098765432109",Signature="GINsCTyNKTpEI9KXO16KqZJ64fOyAytEKl8aaR/Dy08="`
	if got != want {
		t.Errorf("\n%s\n%s", got, want)
	}
}

func TestSecretsNeverPrint(t *testing.T) {
	const key = "67890123456789012345678901234567"
	config := Config{AppID: "id", AppKey: key}
	var b strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&b, verb+"\n", config)
		fmt.Fprintf(&b, verb+"\n", &config)
		fmt.Fprintf(&b, verb+"\n", config.AppKey)
	}
	text, err := json.Marshal(struct{ Key Secret }{key})
	if err != nil {
		t.Fatal(err)
	}
	b.Write(text)
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "key", config.AppKey, "config", config)
	slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "key", config.AppKey)
	if strings.Contains(b.String(), key) || strings.Contains(b.String(), fmt.Sprintf("%x", key)) {
		t.Error(b.String())
	}
	if !strings.Contains(b.String(), redacted) {
		t.Error("nothing says that something was left out")
	}
}
