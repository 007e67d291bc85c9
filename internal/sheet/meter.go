package sheet

// How much a workbook may come to for what it is packed in. What spreadsheet
// programs write of a million rows that are all the same unpacks to 12 to 18 times
// its size, and to 30 with formulas or 52 with the same text written out in every
// cell; it has 3 to 4 tokens (tags and texts) for a packed byte. A bomb is far
// beyond that, and is told by it long before it has cost what it would come to.
//
// Each bound holds of every stretch of so much: what is packed badly before or
// behind a stretch does not excuse it, and a small file may be packed as tightly
// as it likes.
const (
	maxRatio    = 100      // bytes, and bytes of shared texts that cells refer to, for a packed byte
	maxDensity  = 12       // tokens for a packed byte
	manyBytes   = 8 << 20  // a stretch of bytes,
	manyTokens  = 2 << 20  // of tokens,
	muchWritten = 16 << 20 // and of shared texts
)

// bloated tells by the directory of the zip file what the meter would tell while
// it is read.
func bloated(unpacked, packed uint64) bool {
	return unpacked > manyBytes && unpacked/maxRatio > packed
}

// meter holds what comes out of a zip file against what is read of it.
type meter struct {
	packed                *thrift
	bytes, tokens, shared stretch
}

// stretch is how much came since the packed file was at a place.
type stretch struct{ come, from int64 }

func (m *meter) addBytes(n int) error  { return m.add(&m.bytes, n, manyBytes, maxRatio) }
func (m *meter) addTokens(n int) error { return m.add(&m.tokens, n, manyTokens, maxDensity) }
func (m *meter) addShared(n int) error { return m.add(&m.shared, n, muchWritten, maxRatio) }

func (m *meter) add(s *stretch, n int, many, most int64) error {
	if s.come += int64(n); s.come < many {
		return nil
	}
	if s.come > most*(m.packed.read-s.from) {
		return Refuse("sheet.tight")
	}
	*s = stretch{from: m.packed.read}
	return nil
}
