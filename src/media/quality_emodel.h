/**
 * @file quality_emodel.h  The E-model of ITU-T G.107 (06/2015), narrowband.
 *
 * Names are those of the Recommendation; clauses 7.1 to 7.7.
 */
#ifndef MEDIA_QUALITY_EMODEL_H
#define MEDIA_QUALITY_EMODEL_H

/** What the model takes; table 2. */
struct emodel {
	double slr, rlr;	/**< send and receive loudness rating, dB */
	double stmr, lstr;	/**< sidetone masking and listener sidetone rating, dB */
	double ds, dr;		/**< D-factors of the telephones */
	double telr, wepl;	/**< talker echo loudness rating, weighted echo path loss, dB */
	double t, tr, ta;	/**< mean one-way delay of the echo path, round trip of the
				 * 4-wire loop, absolute one-way delay; ms */
	double qdu;		/**< quantisation distortion units */
	double nc, nfor;	/**< circuit noise dBm0p; noise floor at the receiver dBmp */
	double ps, pr;		/**< room noise at either side, dB(A) */
	double a;		/**< advantage factor */
};

/** Table 2; Ie, Bpl, Ppl and BurstR are given to emodel_ie_eff(). */
#define EMODEL_DEFAULT \
	{ .slr = 8, .rlr = 2, .stmr = 15, .lstr = 18, .ds = 3, .dr = 3, .telr = 65, .wepl = 110, \
	  .t = 0, .tr = 0, .ta = 0, .qdu = 1, .nc = -70, .nfor = -64, .ps = 35, .pr = 35, .a = 0 }

/** The parts of R = ro - is - id - Ie,eff + A. */
struct emodel_parts {
	double ro;	/**< basic signal-to-noise ratio, 7.2 */
	double is;	/**< impairments that come with the voice, 7.3 */
	double id;	/**< delay and echo, 7.4: idte + idle + idd */
	double idte, idle, idd;
};

/** All but the codec and its losses. Some microseconds, nothing is kept. */
void emodel_parts(const struct emodel *e, struct emodel_parts *parts);

/** R without a codec: ro - is - id + A. */
double emodel_rate(const struct emodel *e);

/** Ie,eff of 7.5. @p ppl in percent; @p burst at least 1; @p bpl above 0. */
static inline double
emodel_ie_eff(double ie, double bpl, double ppl, double burst)
{
	return ie + (95 - ie) * ppl / (ppl / burst + bpl);
}

#endif
