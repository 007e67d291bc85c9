package ums

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"time"
)

// beijing is the zone of every time on the wire, whatever the machine's is: the
// gateway refuses a client in UTC with ABNORMAL_REQUEST_TIME (gateway.md §1).
var beijing = time.FixedZone("CST", 8*60*60)

// The two forms of time: 14 digits in headers and token requests, dashes in
// bodies. The dashed form in a header is answered HTTP 412 (gateway.md §2).
const (
	headerTime = "20060102150405"
	bodyTime   = "2006-01-02 15:04:05"
)

// bodySignature gives the Authorization header of OPEN-BODY-SIG for exactly
// these bytes (gateway.md §2): Base64 of the HMAC-SHA256, under the appKey, of
// appId + timestamp + nonce + the body's SHA-256 in lower hex.
func bodySignature(appID string, key Secret, timestamp, nonce string, body []byte) string {
	digest := sha256.Sum256(body)
	mac := hmac.New(sha256.New, []byte(key.Reveal()))
	mac.Write([]byte(appID + timestamp + nonce + hex.EncodeToString(digest[:])))
	return fmt.Sprintf(`OPEN-BODY-SIG AppId="%s",Timestamp="%s",Nonce="%s",Signature="%s"`,
		appID, timestamp, nonce, base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}

// tokenSignature signs a request for an access token: lower hex of the SHA-256
// of appId + timestamp + nonce + appKey (gateway.md §2).
func tokenSignature(appID string, key Secret, timestamp, nonce string) string {
	sum := sha256.Sum256([]byte(appID + timestamp + nonce + key.Reveal()))
	return hex.EncodeToString(sum[:])
}
