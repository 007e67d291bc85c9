package batch

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
	"strconv"
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
	text := make([]byte, 0, 128)
	for _, field := range []string{env, id.MID, id.BillDate, id.BillNo} {
		text = append(strconv.AppendInt(text, int64(len(field)), 10), ':')
		text = append(append(text, field...), ',')
	}
	sum := sha256.Sum256(strconv.AppendInt(text, int64(generation), 10))

	var number [4]uint64 // the most significant first
	for i := range number {
		number[i] = binary.BigEndian.Uint64(sum[8*i:])
	}
	order := append(make([]byte, 0, len(source)+orderDigits), source...)
	low := lastDigits(&number)
	return string(appendDigits(appendDigits(order, lastDigits(&number)), low))
}

// half has as many zeros as half of the digits: it fits into a word.
const half = 100_000_000_000

// lastDigits gives the number's last orderDigits/2 decimal digits, and takes them
// off it.
func lastDigits(number *[4]uint64) (rest uint64) {
	for i, word := range number {
		number[i], rest = bits.Div64(rest, word, half)
	}
	return rest
}

func appendDigits(text []byte, n uint64) []byte {
	for unit := uint64(half / 10); unit > 0; unit /= 10 {
		text = append(text, byte('0'+n/unit%10))
	}
	return text
}
