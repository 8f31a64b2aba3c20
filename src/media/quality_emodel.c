#include "media/quality_emodel.h"

#include <math.h>

/* The sum of powers given in dB. */
static double
power_sum(const double *db, int n)
{
	double sum = 0;

	for (int i = 0; i < n; i++)
		sum += pow(10, db[i] / 10);
	return 10 * log10(sum);
}

/* 7.2: all noise, referred to the 0 dBr point. */
static double
noise(const struct emodel *e)
{
	double olr = e->slr + e->rlr, pre, send;
	double sources[4];

	send = e->ps - olr - e->ds - 14;
	pre = e->pr + 10 * log10(1 + pow(10, (10 - e->lstr) / 10));
	sources[0] = e->nc;
	sources[1] = e->ps - e->slr - e->ds - 100 + 0.004 * send * send;
	sources[2] = e->rlr - 121 + pre + 0.008 * (pre - 35) * (pre - 35);
	sources[3] = e->nfor + e->rlr;
	return power_sum(sources, 4);
}

/* 7.3: sidetone that is not what it should be. */
static double
sidetone(const struct emodel *e)
{
	double stmro = -10 * log10(pow(10, -e->stmr / 10) +
				   exp(-e->t / 4) * pow(10, -e->telr / 10));

	return 12 * pow(1 + pow((stmro - 13) / 6, 8), 1 / 8.0) -
		28 * pow(1 + pow((stmro + 1) / 19.4, 35), 1 / 35.0) -
		13 * pow(1 + pow((stmro - 3) / 33, 13), 1 / 13.0) + 29;
}

/* 7.3: quantisation. */
static double
quantisation(const struct emodel *e, double ro)
{
	double q = 37 - 15 * log10(e->qdu);
	double g = 1.07 + 0.258 * q + 0.0602 * q * q;
	double y = (ro - 100) / 15 + 46 / 8.4 - g / 9;
	double z = 46 / 30.0 - g / 40;

	return 15 * log10(1 + pow(10, y) + pow(10, z));
}

/* 7.4: talker echo. */
static double
talker_echo(const struct emodel *e, double no, double ist)
{
	double terv, roe, re, idte;

	if (e->t < 1)
		return 0;
	terv = e->telr - 40 * log10((1 + e->t / 10) / (1 + e->t / 150)) +
		6 * exp(-0.3 * e->t * e->t);
	if (e->stmr < 9)
		terv += ist / 2;
	roe = -1.5 * (no - e->rlr);
	re = 80 + 2.5 * (terv - 14);
	idte = ((roe - re) / 2 + sqrt((roe - re) * (roe - re) / 4 + 100) - 1) * (1 - exp(-e->t));
	return e->stmr > 20 ? sqrt(idte * idte + ist * ist) : idte;
}

/* 7.4: listener echo. */
static double
listener_echo(const struct emodel *e, double ro)
{
	double rle = 10.5 * (e->wepl + 7) * pow(e->tr + 1, -0.25);

	return (ro - rle) / 2 + sqrt((ro - rle) * (ro - rle) / 4 + 169);
}

/* 7.4: too long a delay as such, for the default class of sensitivity: sT 1, mT 100 ms. */
static double
absolute_delay(const struct emodel *e)
{
	double x;

	if (e->ta <= 100)
		return 0;
	x = log10(e->ta / 100) / log10(2);
	return 25 * (pow(1 + pow(x, 6), 1 / 6.0) - 3 * pow(1 + pow(x / 3, 6), 1 / 6.0) + 2);
}

void
emodel_parts(const struct emodel *e, struct emodel_parts *parts)
{
	double no = noise(e), ist = sidetone(e), olr = e->slr + e->rlr, xolr, iolr;

	parts->ro = 15 - 1.5 * (e->slr + no);
	xolr = olr + 0.2 * (64 + no - e->rlr);
	iolr = 20 * (pow(1 + pow(xolr / 8, 8), 1 / 8.0) - xolr / 8);
	parts->is = iolr + ist + quantisation(e, parts->ro);
	parts->idte = talker_echo(e, no, ist);
	parts->idle = listener_echo(e, parts->ro);
	parts->idd = absolute_delay(e);
	parts->id = parts->idte + parts->idle + parts->idd;
}

double
emodel_rate(const struct emodel *e)
{
	struct emodel_parts parts;

	emodel_parts(e, &parts);
	return parts.ro - parts.is - parts.id + e->a;
}
