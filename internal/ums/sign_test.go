package ums

import "testing"

// TestThePublicVectorOfBodySignatures is the platform's own example
// (gateway.md §2).
func TestThePublicVectorOfBodySignatures(t *testing.T) {
	got := bodySignature("12345678901234567890123456789012", NewSecret("67890123456789012345678901234567"), "20170101120000", "09876543210987654321098765432109", []byte("A"))
	want := `OPEN-BODY-SIG AppId="12345678901234567890123456789012",Timestamp="20170101120000",Nonce="09876543210987654321098765432109",Signature="GINsCTyNKTpEI9KXO16KqZJ64fOyAytEKl8aaR/Dy08="`
	if got != want {
		t.Errorf("\n%s\n%s", got, want)
	}
}
