import { takeOne } from './bucket-take.js';

/**
 * The algorithm of `buckets/bucket-ledger.ts`, in the database, for all processes that share it.
 * `bucket-turn.int.test.ts` runs both side by side and compares every answer.
 *
 * `bucket_turn` does a list of things in their order, all at one moment and all or nothing:
 * - `{do: 'take', id, keys, rates, bursts, priority, waiter}`, answered by null (granted) or by the time of the turn and the slowest bucket's key
 * - `{do: 'settle', id, consumed}` · `{do: 'renew', ids}` · `{do: 'forget', waiter}` · `{do: 'drain', keys: [key], rates, bursts, until}`
 *
 * How it stays correct and quick:
 * - All buckets that are touched are locked at its start in the order of their keys, so that no two calls wait for each other crosswise,
 *   and the clock is read after that, so that time goes forward in each bucket. A bucket is read once, held in arrays, and written once,
 *   and not at all when only time has passed.
 * - `bucket.lanes` counts who waits, by priority, so that a newcomer need not count a long line; who is due is found by an index,
 *   and those ahead of one whose turn has come are few.
 * - Leases that have ended are ended by whoever comes next, fifty at a time, as they are found by an index; those who did not come at their
 *   turn are removed by the next to ask for that bucket. Nothing ever reads a whole table.
 * - A take that is sent again because its answer was lost finds its grant by its id, whose lease begins anew.
 * - Leases are renewed before any is ended: one whose end nobody has noticed yet goes on. One that has been ended is no more, and nothing
 *   brings it back. A lease that somebody else has in hand is passed over: it is being ended, and waiting for it could be crosswise.
 * - A clock that was set back is noticed by a bucket whose level is of a later time; `bucket_clock` makes up for the difference from
 *   then on, for all, and so time stands still while it is repeated.
 * - Only what gives a token or empties a bucket waits for the disk. All else may be lost in a crash of the server: then less is in the
 *   bucket, or more in flight, than is true, and somebody loses a place in a line.
 */
export const bucketTurn = `
create function fluxori.bucket_turn(
  ops jsonb,
  again boolean,
  lease_ms double precision,
  out now_ms double precision,
  out turns_at_ms double precision[],
  out limited_by text[]
) language plpgsql as $function$
declare
  tolerance constant double precision := 1e-9;
  op jsonb;
  wanted text[] collate "C";
  all_keys text[] collate "C";
  ended text[] collate "C";
  alive text[] collate "C";
  -- The buckets, side by side.
  keys text[] collate "C";
  rates double precision[];
  bursts double precision[];
  levels double precision[];
  ats double precision[];
  flying integer[];
  lines jsonb[];
  changed boolean[];
  swept boolean[];
  -- The take that is looked at: its buckets, and its places in their lines.
  mine integer[];
  places bigint[];
  turns double precision[];
  moved boolean[];
  i integer;
  n integer;
  rate double precision;
  burst double precision;
  urgency double precision;
  who text collate "C";
  the_key text collate "C";
  the_keys text[] collate "C";
  there record;
  due integer;
  ahead integer;
  missing double precision;
  turn double precision;
  slowest integer;
  slowest_turn double precision;
  grace double precision;
  shift double precision;
  latest double precision;
  durable boolean := false;
begin
  turns_at_ms := '{}';
  limited_by := '{}';

  select array_agg(distinct key collate "C" order by key collate "C") into wanted
  from jsonb_array_elements(ops) as o, jsonb_array_elements_text(o->'keys') as key;
  wanted := coalesce(wanted, '{}');
  select ahead_ms into shift from fluxori.bucket_clock;
  now_ms := fluxori.wall_ms() + shift;
  select array_agg(id) into ended
  from (select id from fluxori.bucket_grant where ends_at_ms <= now_ms order by ends_at_ms limit 50) as g;

  loop
    all_keys := wanted || coalesce((
      select array_agg(key) from (
        select unnest(g.keys) as key from fluxori.bucket_grant as g
        where g.id = any (ended || array(select o->>'id' from jsonb_array_elements(ops) as o where o->>'do' = 'settle'))
        union all
        select w.bucket from fluxori.waiter as w
        where w.name = any (array(select o->>'waiter' from jsonb_array_elements(ops) as o where o->>'do' = 'forget'))
      ) as more
    ), '{}');
    insert into fluxori.bucket (key, rate_per_second, burst, level, in_flight, level_at_ms)
    select w.key, 0, 1, 0, 0, 0 from unnest(wanted) as w (key)
    where not exists (select from fluxori.bucket as b where b.key = w.key)
    order by w.key collate "C"
    on conflict do nothing;
    select array_agg(b.key), array_agg(b.rate_per_second), array_agg(b.burst), array_agg(b.level), array_agg(b.level_at_ms),
      array_agg(b.in_flight), array_agg(b.lanes)
    into keys, rates, bursts, levels, ats, flying, lines
    from (select * from fluxori.bucket where key = any (all_keys) order by key for update) as b;
    keys := coalesce(keys, '{}');
    exit when wanted <@ keys;
  end loop;
  n := cardinality(keys);
  changed := array_fill(false, array[n]);
  swept := changed;

  -- Now that nobody else can touch them: what time is it?
  select ahead_ms into shift from fluxori.bucket_clock;
  now_ms := fluxori.wall_ms() + shift;
  select max(at) into latest from unnest(ats) as at;
  if latest > now_ms then
    if latest > now_ms + 5 then
      update fluxori.bucket_clock set ahead_ms = greatest(ahead_ms, latest - fluxori.wall_ms());
    end if;
    now_ms := latest;
  end if;
  for i in 1 .. n loop
    if rates[i] > 0 then
      levels[i] := least(
        levels[i] + ((now_ms - ats[i]) / 1000) * rates[i],
        greatest(bursts[i] - flying[i], levels[i]));
    end if;
    ats[i] := now_ms;
  end loop;

  if again or ops @> '[{"do": "renew"}]' then
    alive := array(
      select jsonb_array_elements_text(o->'ids') from jsonb_array_elements(ops) as o where o->>'do' = 'renew'
      union all
      select o->>'id' from jsonb_array_elements(ops) as o where o->>'do' = 'take' and again);
    update fluxori.bucket_grant as g set ends_at_ms = now_ms + lease_ms
    where g.id = any (array(select h.id from fluxori.bucket_grant as h where h.id = any (alive) for update skip locked));
  end if;
  if ended is not null then
    for the_keys in delete from fluxori.bucket_grant as g where g.id = any (ended) and g.ends_at_ms <= now_ms returning g.keys loop
      foreach the_key in array the_keys loop
        i := array_position(keys, the_key);
        if i is not null then
          flying[i] := greatest(flying[i] - 1, 0);
          changed[i] := true;
        end if;
      end loop;
    end loop;
  end if;

  for op in select value from jsonb_array_elements(ops) loop
    case op->>'do'

    when 'settle' then
      delete from fluxori.bucket_grant as g where g.id = op->>'id' returning g.keys into the_keys;
      if found then
        foreach the_key in array the_keys loop
          i := array_position(keys, the_key);
          if i is not null then
            flying[i] := greatest(flying[i] - 1, 0);
            if not (op->>'consumed')::boolean then
              levels[i] := least(levels[i] + 1, bursts[i] - flying[i]);
            end if;
            changed[i] := true;
          end if;
        end loop;
      end if;

    when 'renew' then
      -- That came first.
      null;

    when 'forget' then
      for there in delete from fluxori.waiter as w where w.name = op->>'waiter' and w.bucket = any (keys)
        returning w.bucket, w.priority
      loop
        i := array_position(keys, there.bucket);
        lines[i] := fluxori.lane_add(lines[i], there.priority, -1);
        changed[i] := true;
      end loop;

    else
      -- A take or a drain: first, each bucket in its present limits.
      mine := '{}';
      for the_key, rate, burst in
        select key, (op->'rates'->>(ordinality::integer - 1))::double precision, (op->'bursts'->>(ordinality::integer - 1))::double precision
        from jsonb_array_elements_text(op->'keys') with ordinality as k (key, ordinality)
      loop
        i := array_position(keys, the_key);
        if rates[i] = 0 then
          levels[i] := burst;
          rates[i] := rate;
          bursts[i] := burst;
          changed[i] := true;
        elsif rates[i] <> rate or bursts[i] <> burst then
          if levels[i] < 0 then
            levels[i] := 1 - (1 - levels[i]) * (rate / rates[i]);
          end if;
          rates[i] := rate;
          bursts[i] := burst;
          levels[i] := least(levels[i], burst - flying[i]);
          changed[i] := true;
        end if;
        if not i = any (mine) then
          mine := mine || i;
        end if;
      end loop;

      if op->>'do' = 'drain' then
        i := mine[1];
        levels[i] := least(
          levels[i],
          coalesce(1 - (rates[i] * ((op->>'until')::double precision - now_ms)) / 1000, 0),
          0);
        changed[i] := true;
        durable := true;
        continue;
      end if;

${takeOne}    end case;
  end loop;

  if true = any (changed) then
    update fluxori.bucket as b set
      rate_per_second = new.rate, burst = new.burst, level = new.level, in_flight = new.flying, level_at_ms = now_ms, lanes = new.line
    from unnest(keys, rates, bursts, levels, flying, lines, changed) as new (key, rate, burst, level, flying, line, changed)
    where b.key = new.key and new.changed;
  end if;
  if not durable then
    perform set_config('synchronous_commit', 'off', true);
  end if;
end $function$;
`;
