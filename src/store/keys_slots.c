/* Several passphrases for one case (docs/formats.md): each slot wraps the keys of its role, so that
 * who may not see identities does not hold the key that opens them. As LUKS does it: one salt a
 * slot, and a passphrase is tried on the owner's wrapping first, then on each slot. */
#include "base/error.h"
#include "base/i18n.h"
#include "store/keys_private.h"

#include <string.h>

/* What stands in a slot's "binding", from version 3 of case.json on. */
#define BINDING_OLD "case"
#define BINDING     "name and role"

/* Name and role are bound to the wrapped keys: neither can be changed beside them. */
static void slot_bound(const CaseFile *file, const KeySlot *slot, guint8 ret_bound[BOUND_BYTES])
{
    if (slot->old_binding) {
        keys_bound("zenhar slot", file->case_id, ret_bound);
        return;
    }
    g_autofree char *named = g_strconcat(slot->name, "?", slot->role, NULL);
    const gsize n = strlen(slot->name);
    named[n] = '\0';
    keys_bound_more("zenhar slot 2", named, n + 1 + strlen(slot->role), file->case_id, ret_bound);
}

/* bit purpose, as in StoreKeys.held; 0: no such role */
guint keys_of_role(const char *role)
{
    static const struct {
        const char *role;
        guint held;
    } ROLES[] = {
        {"administrator", (1u << (STORE_KEY_PURPOSES + 1)) - 1},
        {"documenter", (1u << (STORE_KEY_PURPOSES + 1)) - 1},
        {"advocate", (1u << (STORE_KEY_PURPOSES + 1)) - 1},
        {"analyst", 1u << STORE_KEY_DATABASE},
        {"reader", 1u << STORE_KEY_DATABASE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(ROLES); i++)
        if (strcmp(role, ROLES[i].role) == 0)
            return ROLES[i].held;
    return 0;
}

json_t *keys_slots_json(const CaseFile *file)
{
    const int version = keys_file_version(file);
    json_t *slots = json_array();
    for (guint i = 0; i < file->n_slots; i++) {
        const KeySlot *slot = &file->slots[i];
        json_t *object = json_pack("{s:s, s:s, s:{s:s, s:I, s:I, s:o}}", "name", slot->name, "role",
                                   slot->role, "passphrase", "algorithm", "argon2id13", "passes",
                                   (json_int_t)slot->cost.passes, "memory_bytes",
                                   (json_int_t)slot->cost.memory_bytes, "salt",
                                   keys_json_hex(slot->salt, sizeof slot->salt));
        if (version >= 3)
            json_object_set_new(object, "binding",
                                json_string(slot->old_binding ? BINDING_OLD : BINDING));
        if (!slot->old_binding)
            json_object_set_new(object, "check", keys_json_hex(slot->check, sizeof slot->check));
        json_object_set_new(object, "wrapped", keys_json_hex(slot->wrapped, sizeof slot->wrapped));
        json_array_append_new(slots, object);
    }
    return slots;
}

static bool copy_word(const json_t *object, const char *name, char *ret_word, gsize size)
{
    const char *word = json_string_value(json_object_get(object, name));
    return word != NULL && word[0] != '\0' && g_strlcpy(ret_word, word, size) < size;
}

static bool read_binding(const json_t *object, json_int_t version, KeySlot *slot)
{
    const char *binding = json_string_value(json_object_get(object, "binding"));
    slot->old_binding = version < 3 || g_strcmp0(binding, BINDING_OLD) == 0;
    if (slot->old_binding)
        return true;
    return g_strcmp0(binding, BINDING) == 0 &&
           keys_read_hex(object, "check", slot->check, sizeof slot->check);
}

bool keys_slots_read(const json_t *root, CaseFile *file)
{
    const json_int_t version = json_integer_value(json_object_get(root, "version"));
    const json_t *slots = json_object_get(root, "slots");
    const gsize n = json_array_size(slots);
    if ((slots != NULL && !json_is_array(slots)) || n > STORE_SLOTS_MAX)
        return false;
    for (gsize i = 0; i < n; i++) {
        const json_t *object = json_array_get(slots, i);
        const json_t *passphrase = json_object_get(object, "passphrase");
        KeySlot *slot = &file->slots[i];
        const char *algorithm = json_string_value(json_object_get(passphrase, "algorithm"));
        if (g_strcmp0(algorithm, "argon2id13") != 0 || !keys_read_cost(passphrase, &slot->cost) ||
            !read_binding(object, version, slot) ||
            !copy_word(object, "name", slot->name, sizeof slot->name) ||
            !copy_word(object, "role", slot->role, sizeof slot->role) ||
            !keys_read_hex(passphrase, "salt", slot->salt, sizeof slot->salt) ||
            !keys_read_hex(object, "wrapped", slot->wrapped, sizeof slot->wrapped))
            return false;
    }
    file->n_slots = (guint)n;
    return true;
}

/* The passphrase is this slot's by its check, or the keys are not those of its role. */
static bool slot_changed(const KeySlot *slot, GError **error)
{
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY,
                _("What %s says of the passphrase of %s (name, role or keys) was changed from "
                  "outside. Put back a copy of the file from a backup."),
                CASE_FILE, slot->name);
    return false;
}

static bool slot_open(const CaseFile *file, const KeySlot *slot, const guint8 *wrapping,
                      guint8 *plain, bool *ret_opened, GError **error)
{
    guint8 bound[BOUND_BYTES], check[CHECK_BYTES];
    keys_check_of(wrapping, file->case_id, check);
    const bool known = !slot->old_binding && sodium_memcmp(check, slot->check, sizeof check) == 0;
    slot_bound(file, slot, bound);
    *ret_opened = (slot->old_binding || known) &&
                  keys_unwrap_bytes(bound, wrapping, slot->wrapped, sizeof slot->wrapped, plain);
    if (*ret_opened ? plain[0] == keys_of_role(slot->role) : !known)
        return true;
    *ret_opened = false;
    return slot_changed(slot, error);
}

bool keys_slots_open(const CaseFile *file, const char *passphrase, StoreKeys *keys,
                     bool *ret_opened, GError **error)
{
    guint8 *plain = file->n_slots > 0 ? sodium_malloc(SLOT_PLAIN_BYTES) : NULL;
    *ret_opened = false;
    bool done = true;
    for (guint i = 0; plain != NULL && done && !*ret_opened && i < file->n_slots; i++) {
        const KeySlot *slot = &file->slots[i];
        guint8 wrapping[STORE_KEY_BYTES];
        done = keys_stretch(passphrase, &slot->cost, slot->salt, wrapping, error) &&
               slot_open(file, slot, wrapping, plain, ret_opened, error);
        if (*ret_opened) {
            keys_plain_take(keys, plain);
            g_strlcpy(keys->name, slot->name, sizeof keys->name);
            g_strlcpy(keys->role, slot->role, sizeof keys->role);
        }
        sodium_memzero(wrapping, sizeof wrapping);
    }
    sodium_free(plain);
    return done;
}

static KeySlot *slot_find(CaseFile *file, const char *name)
{
    for (guint i = 0; i < file->n_slots; i++)
        if (strcmp(file->slots[i].name, name) == 0)
            return &file->slots[i];
    return NULL;
}

guint8 *keys_plain_new(GError **error)
{
    guint8 *plain = sodium_malloc(SLOT_PLAIN_BYTES);
    if (plain == NULL)
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY,
                            _("There is no memory that can be locked for the keys of the case."));
    else
        sodium_memzero(plain, SLOT_PLAIN_BYTES);
    return plain;
}

void keys_plain_fill(const StoreKeys *keys, guint held, guint8 *ret_plain)
{
    ret_plain[0] = (guint8)held;
    if ((held & 1) != 0)
        memcpy(ret_plain + 1, keys->secrets->data_key, STORE_KEY_BYTES);
    for (guint i = 0; i < STORE_KEY_PURPOSES; i++)
        if ((held >> (i + 1) & 1) != 0)
            memcpy(ret_plain + 1 + STORE_KEY_BYTES * (i + 1), keys->secrets->derived[i],
                   STORE_KEY_BYTES);
}

void keys_plain_take(StoreKeys *keys, const guint8 *plain)
{
    keys->held = plain[0];
    memcpy(keys->secrets->data_key, plain + 1, STORE_KEY_BYTES);
    memcpy(keys->secrets->derived, plain + 1 + STORE_KEY_BYTES, sizeof keys->secrets->derived);
}

bool keys_slot_wrap(const StoreKeys *keys, CaseFile *file, const char *name, const char *passphrase,
                    const StoreKeyCost *cost, GError **error)
{
    KeySlot *slot = slot_find(file, name);
    const guint held = slot != NULL ? keys_of_role(slot->role) : 0;
    guint8 wrapping[STORE_KEY_BYTES], bound[BOUND_BYTES];
    if (held == 0 || (held & keys->held) != held) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                    _("Nobody named %s has a passphrase of this case."), name);
        return false;
    }
    slot->cost = *cost;
    randombytes_buf(slot->salt, sizeof slot->salt);
    if (!keys_stretch(passphrase, &slot->cost, slot->salt, wrapping, error))
        return false;
    guint8 *plain = keys_plain_new(error);
    if (plain == NULL) {
        sodium_memzero(wrapping, sizeof wrapping);
        return false;
    }
    keys_plain_fill(keys, held, plain);
    slot->old_binding = false;
    keys_check_of(wrapping, file->case_id, slot->check);
    slot_bound(file, slot, bound);
    keys_wrap(bound, wrapping, plain, SLOT_PLAIN_BYTES, slot->wrapped);
    sodium_memzero(wrapping, sizeof wrapping);
    sodium_free(plain);
    return true;
}

/* The slot that opened, when it is of the old binding, is wrapped anew by the way; others only by
 * their own passphrases. */
static bool slot_renew(const StoreKeys *keys, CaseFile *file, const char *passphrase,
                       GError **error)
{
    const KeySlot *slot = slot_find(file, store_keys_name(keys));
    if (slot == NULL || !slot->old_binding)
        return true;
    const StoreKeyCost cost = slot->cost;
    return keys_slot_wrap(keys, file, store_keys_name(keys), passphrase, &cost, error);
}

StoreKeys *keys_to_share(const char *folder, const char *passphrase, CaseFile *file, GError **error)
{
    g_autoptr(StoreKeys) keys = store_keys_load(folder, passphrase, error);
    if (keys == NULL || !keys_file_load(folder, file, error))
        return NULL;
    if (store_keys_whole(keys))
        return slot_renew(keys, file, passphrase, error) ? g_steal_pointer(&keys) : NULL;
    g_set_error(
        error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
        _("The passphrase of %s does not hold every key of the case: it cannot give or take "
          "a passphrase."),
        store_keys_name(keys));
    return NULL;
}

bool keys_slot_put(const StoreKeys *keys, CaseFile *file, const char *name, const char *role,
                   const char *passphrase, const StoreKeyCost *cost, GError **error)
{
    if (name[0] == '\0' || strlen(name) >= STORE_SLOT_NAME_MAX ||
        !g_utf8_validate(name, -1, NULL) || keys_of_role(role) == 0) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                            _("Give a name of at most 63 bytes and one of the roles administrator, "
                              "documenter, advocate, analyst, reader."));
        return false;
    }
    if (slot_find(file, name) != NULL || file->n_slots == STORE_SLOTS_MAX) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    file->n_slots == STORE_SLOTS_MAX
                        ? _("%s gets no passphrase: the case has as many as it can keep.")
                        : _("%s has a passphrase already. Take it away first."),
                    name);
        return false;
    }
    KeySlot *slot = &file->slots[file->n_slots++];
    g_strlcpy(slot->name, name, sizeof slot->name);
    g_strlcpy(slot->role, role, sizeof slot->role);
    return keys_slot_wrap(keys, file, name, passphrase, cost, error);
}

bool store_keys_slot_add(const char *folder, const char *passphrase, const char *name,
                         const char *role, const char *new_passphrase, const StoreKeyCost *cost,
                         GError **error)
{
    CaseFile file = {0};
    StoreKeyCost settled;
    if (!keys_passphrase_fits(new_passphrase, error) || !keys_cost_settle(cost, &settled, error))
        return false;
    g_autoptr(StoreKeys) keys = keys_to_share(folder, passphrase, &file, error);
    return keys != NULL &&
           keys_slot_put(keys, &file, name, role, new_passphrase, &settled, error) &&
           keys_file_save(folder, &file, error);
}

bool store_keys_slot_remove(const char *folder, const char *passphrase, const char *name,
                            GError **error)
{
    CaseFile file = {0};
    g_autoptr(StoreKeys) keys = keys_to_share(folder, passphrase, &file, error);
    if (keys == NULL)
        return false;
    KeySlot *slot = slot_find(&file, name);
    if (slot == NULL) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                    _("Nobody named %s has a passphrase of this case."), name);
        return false;
    }
    *slot = file.slots[--file.n_slots];
    return keys_file_save(folder, &file, error);
}

GArray *store_keys_slots(const char *folder, GError **error)
{
    CaseFile file = {0};
    if (!keys_ready(error) || !keys_file_load(folder, &file, error))
        return NULL;
    GArray *slots = g_array_new(FALSE, TRUE, sizeof(StoreKeySlot));
    for (guint i = 0; i < file.n_slots; i++) {
        StoreKeySlot slot;
        memcpy(slot.name, file.slots[i].name, sizeof slot.name);
        memcpy(slot.role, file.slots[i].role, sizeof slot.role);
        g_array_append_val(slots, slot);
    }
    return slots;
}
