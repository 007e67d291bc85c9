package lang

// reconTexts: the messages of recon.
var reconTexts = Texts{}
