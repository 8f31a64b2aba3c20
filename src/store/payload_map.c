/*
 * Payload types as descriptions have them (RFC 8866 section 6.6, RFC 3551). The same ones of many
 * descriptions are kept once, for as long as a claim has them; names of encodings that are
 * written another way than usual stay, for streams have them.
 */
#include "store/streams_int.h"

#include "base/mem.h"
#include "sip/sdp_attr.h"
#include "store/claim_read.h"

#define CLOCK_MIN	100u	/* Hz: a unit is 10 ms; below, it is no clock rate */
#define CLOCK_MAX	1000000u	/* beyond, likewise */
#define MAPS_MAX	1000000u	/* kept */

/* Streams have them longer than the description stays: they are few, and stay. NULL: of too
 * many. */
static const char *
encoding_get(struct media *md, struct str name)
{
	uint64_t hash = hash_str(name);
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&md->encoding_map, hash, &cursor)) != HASH_NONE)
		if (str_eq(md->encodings[i], name))
			return md->encodings[i].p;
	if (md->encoding_n == ENCODINGS_MAX)
		return NULL;
	if (!md->encodings)
		md->encodings = xmalloc(ENCODINGS_MAX * sizeof(*md->encodings));
	md->encodings[md->encoding_n] = arena_str(&md->names, name);
	hash_map_add(&md->encoding_map, hash, md->encoding_n);
	return md->encodings[md->encoding_n++].p;
}

static void
entry_fill(struct store *s, struct map_entry *e, const struct sdp_rtpmap *map)
{
	uint32_t channels;
	bool fixed;

	e->codec = codec_find(map->encoding, map->clock_rate);
	if (!e->codec)
		e->codec = codec_find(map->encoding, 0);
	/* RFC 3551 4.5.2, RFC 7587 4.1: 8000 and 48000, whatever the description has: many
	 * have it wrong. */
	fixed = str_eq_ci(map->encoding, STR("opus")) ||
		(e->payload_type == 9 && str_eq_ci(map->encoding, STR("G722")));
	if (fixed)
		e->codec = codec_find(map->encoding, 0);
	e->bad_clock = map->clock_rate < CLOCK_MIN || map->clock_rate > CLOCK_MAX;
	e->clock_rate = e->bad_clock ? 0 : fixed && e->codec ? e->codec->clock_rate : map->clock_rate;
	e->channels = e->codec ? e->codec->channels : 1;
	if (str_to_u32(map->params, &channels) && channels > 0 && channels < 256)
		e->channels = (uint8_t)channels;
	if (e->codec && str_eq(map->encoding, str_of(e->codec->name))) {
		e->name = e->codec->name;
	} else {
		e->name = encoding_get(s->media, str_sub(map->encoding, 0, 64));
		if (!e->name && e->codec)
			e->name = e->codec->name;
	}
}

/* The clock rate must be told for what has none of its own. A rate beyond 32 bits, or 0,
 * is no number to the parser of the attribute; the name may stand all the same. */
static bool
rtpmap_of(const struct told_medium *m, uint32_t payload, struct sdp_rtpmap *map)
{
	struct str lines = m->text, name, value, word;
	uint32_t n;

	while (sdp_attr_next(&lines, &name, &value)) {
		if (!str_eq(name, STR("rtpmap")))
			continue;
		if (sdp_rtpmap_parse(value, map) && map->payload == payload)
			return true;
		if (!sdp_format_next(&value, &word) || !str_to_u32(word, &n) || n != payload)
			continue;
		word = str_trim(value);
		*map = (struct sdp_rtpmap){ .payload = payload };
		map->encoding = str_sub(word, 0, str_chr(word, '/'));
		return map->encoding.n > 0;
	}
	return false;
}

uint32_t
payload_map_get(struct store *s, const struct told_medium *m)
{
	struct media *md = s->media;
	struct map_entry list[32];
	struct str formats = m ? m->formats : STR_NONE, word;
	struct payload_map *map;
	struct sdp_rtpmap rtpmap;
	size_t cursor = 0;
	uint32_t i, n = 0, payload;

	if (md->maps.n == 0)
		chunks_add(&md->maps);
	if (!m)
		return 0;
	while ((i = hash_map_next(&md->map_map, m->map_hash, &cursor)) != HASH_NONE)
		if (((struct payload_map *)chunks_at(&md->maps, i))->hash == m->map_hash)
			return i;
	while (n < ARRAY_SIZE(list) && sdp_format_next(&formats, &word)) {
		if (!str_to_u32(word, &payload) || payload > 127)
			continue;
		list[n] = (struct map_entry){ .payload_type = (uint8_t)payload };
		if (rtpmap_of(m, payload, &rtpmap)) {
			entry_fill(s, &list[n], &rtpmap);
		} else if ((list[n].codec = codec_static(payload)) != NULL) {
			list[n].name = list[n].codec->name;
			list[n].clock_rate = list[n].codec->clock_rate;
			list[n].channels = list[n].codec->channels;
		}
		n++;
	}
	if (n == 0 || md->maps.n - md->maps_gone > MAPS_MAX || !media_has_numbers(md))
		return 0;
	map = chunks_add(&md->maps);
	map->n = n;
	map->hash = m->map_hash;
	map->list = memcpy(arena_alloc(&md->text, n * sizeof(*list)), list, n * sizeof(*list));
	hash_map_add(&md->map_map, m->map_hash, md->maps.n - 1);
	return md->maps.n - 1;
}

static struct payload_map *
map_at(const struct media *md, uint32_t map)
{
	return chunks_at(&md->maps, map);
}

void
payload_map_ref(struct media *md, uint32_t map)
{
	map_at(md, map)->claims++;
}

void
payload_map_unref(struct media *md, uint32_t map)
{
	map_at(md, map)->claims--;
	payload_map_put(md, map);
}

/* The first one, which is empty, stays. */
void
payload_map_put(struct media *md, uint32_t map)
{
	struct payload_map *p = map_at(md, map);

	if (map == 0 || p->claims > 0)
		return;
	hash_map_remove(&md->map_map, p->hash, map);
	arena_drop(&md->text, p->list, p->n * sizeof(*p->list));
	chunks_drop(&md->maps, map);
	md->maps_gone++;
}

const struct map_entry *
payload_map_find(const struct media *md, uint32_t map, uint8_t payload_type)
{
	const struct payload_map *p = map < md->maps.n ? chunks_at(&md->maps, map) : NULL;

	for (uint32_t i = 0; p && i < p->n; i++)
		if (p->list[i].payload_type == payload_type)
			return &p->list[i];
	return NULL;
}
