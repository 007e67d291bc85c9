package ums

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a key. However it is printed (fmt with any verb, slog, JSON, YAML,
// text, a panic), it prints as REDACTED; only Reveal gives it away.
//
// It holds a pointer, not the text: fmt does not ask the fields of a struct that
// are not exported how they want to be printed, and would print a text there as
// it is. The zero Secret is none.
type Secret struct{ key *string }

const redacted = "REDACTED"

// NewSecret makes a secret of a key; an empty key makes none.
func NewSecret(key string) Secret {
	if key == "" {
		return Secret{}
	}
	return Secret{&key}
}

// Reveal gives the key itself, for signing.
func (s Secret) Reveal() string {
	if s.key == nil {
		return ""
	}
	return *s.key
}

// IsZero tells whether there is no key.
func (s Secret) IsZero() bool { return s.key == nil }

// Format prints REDACTED for every verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// String gives REDACTED.
func (Secret) String() string { return redacted }

// LogValue gives REDACTED to slog.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText gives REDACTED to JSON, YAML and every other encoder of text.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
