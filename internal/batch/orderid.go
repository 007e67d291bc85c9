package batch

import (
	"crypto/sha256"
	"math/big"
	"strconv"
	"strings"
)

// orderDigits is how many decimal digits follow the source code: 22 digits are
// 73 bits, so that two bills of one merchant never share an id by chance.
const orderDigits = 22

// OrderID derives the authedOrderId of a bill's generation: the 4-character
// source code and 22 decimal digits of a SHA-256 over environment, mid,
// billDate, billNo and generation. It depends on nothing else, so a checkpoint
// that was lost can be rebuilt by asking the gateway, and a bill whose amount
// was edited collides there instead of being completed twice.
//
// A source code that is empty is billNo's first four characters, which UMS
// assigned for the pre-authorisation.
func OrderID(env, source string, id Identity, generation int) string {
	if source == "" {
		source = id.BillNo[:min(4, len(id.BillNo))]
	}
	// Lengths are written out, so that no two field lists run together.
	var text []byte
	for _, field := range []string{env, id.MID, id.BillDate, id.BillNo} {
		text = append(strconv.AppendInt(text, int64(len(field)), 10), ':')
		text = append(append(text, field...), ',')
	}
	sum := sha256.Sum256(strconv.AppendInt(text, int64(generation), 10))

	number := new(big.Int).SetBytes(sum[:])
	digits := number.Mod(number, orderModulus).String()
	return source + strings.Repeat("0", orderDigits-len(digits)) + digits
}

// orderModulus is read only.
var orderModulus = new(big.Int).Exp(big.NewInt(10), big.NewInt(orderDigits), nil)
