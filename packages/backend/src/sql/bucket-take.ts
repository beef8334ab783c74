/**
 * One take, in the middle of `bucket_turn` (see there for its variables): `mine` are its buckets, already in their present limits and filled
 * up to this moment. `BucketLedger.take`, `slowestOf` and `WaitingLine` say the same in TypeScript.
 */
export const takeOne = `
      if again and exists (select from fluxori.bucket_grant as g where g.id = op->>'id') then
        turns_at_ms := turns_at_ms || null::double precision;
        limited_by := limited_by || null::text;
        continue;
      end if;

      urgency := (op->>'priority')::double precision;
      who := op->>'waiter';
      places := array_fill(null::bigint, array[n]);
      turns := array_fill(null::double precision, array[n]);
      moved := array_fill(false, array[n]);
      slowest := null;
      foreach i in array mine loop
        due := 0;
        ahead := 0;
        if lines[i] <> '{}' then
          -- Those who did not come in time are taken to be dead. A turn is always before the end of its grace.
          if not swept[i] then
            swept[i] := true;
            for there in delete from fluxori.waiter as w
              where w.bucket = keys[i] and w.turn_at_ms <= now_ms and w.leaves_at_ms <= now_ms returning w.priority
            loop
              lines[i] := fluxori.lane_add(lines[i], there.priority, -1);
              changed[i] := true;
            end loop;
          end if;
          if who is not null then
            select w.priority, w.place, w.turn_at_ms into there from fluxori.waiter as w where w.name = who and w.bucket = keys[i];
            if found then
              places[i] := there.place;
              turns[i] := there.turn_at_ms;
              -- With another urgency than before, to the end of those who share it.
              if there.priority <> urgency then
                moved[i] := true;
                places[i] := nextval('fluxori.waiter_place');
                update fluxori.waiter as w set priority = urgency, place = places[i] where w.name = who and w.bucket = keys[i];
                lines[i] := fluxori.lane_add(fluxori.lane_add(lines[i], there.priority, -1), urgency, 1);
                changed[i] := true;
              end if;
            end if;
          end if;
          select count(*) into due from fluxori.waiter as w
          where w.bucket = keys[i] and w.turn_at_ms <= now_ms
            and (w.priority < urgency or (w.priority = urgency and (places[i] is null or w.place < places[i])));
        end if;
        continue when levels[i] >= due + 1 - tolerance;
        if lines[i] <> '{}' then
          select coalesce(sum(value::integer), 0) into ahead from jsonb_each_text(lines[i])
          where key::double precision < urgency or (key::double precision = urgency and places[i] is null);
          if places[i] is not null then
            ahead := ahead + (select count(*) from fluxori.waiter as w
              where w.bucket = keys[i] and w.priority = urgency and w.place < places[i]);
          end if;
        end if;
        missing := (ahead + 1) - tolerance - levels[i];
        turn := now_ms + ceil((missing / rates[i]) * 1000);
        if slowest is null or turn > slowest_turn then
          slowest := i;
          slowest_turn := turn;
        end if;
      end loop;

      if slowest is null then
        foreach i in array mine loop
          levels[i] := levels[i] - 1;
          flying[i] := flying[i] + 1;
          changed[i] := true;
          if places[i] is not null then
            delete from fluxori.waiter as w where w.name = who and w.bucket = keys[i];
            lines[i] := fluxori.lane_add(lines[i], urgency, -1);
          end if;
        end loop;
        insert into fluxori.bucket_grant (id, keys, ends_at_ms)
        values (op->>'id', array(select keys[m] from unnest(mine) as m), now_ms + lease_ms);
        durable := true;
        turns_at_ms := turns_at_ms || null::double precision;
        limited_by := limited_by || null::text;
      else
        if who is not null then
          foreach i in array mine loop
            grace := greatest(2000, 2000 / rates[i]);
            if i = slowest then
              if places[i] is null then
                insert into fluxori.waiter (name, bucket, priority, place, turn_at_ms, leaves_at_ms)
                values (who, keys[i], urgency, nextval('fluxori.waiter_place'), slowest_turn, slowest_turn + grace);
                lines[i] := fluxori.lane_add(lines[i], urgency, 1);
                changed[i] := true;
              else
                update fluxori.waiter as w set turn_at_ms = slowest_turn, leaves_at_ms = slowest_turn + grace
                where w.name = who and w.bucket = keys[i];
              end if;
            elsif places[i] is not null then
              -- It could come here, but must wait elsewhere: a claim that is due is kept when that is soon.
              update fluxori.waiter as w set
                turn_at_ms = case when turns[i] <= now_ms and not moved[i] and slowest_turn - now_ms <= grace
                  then turns[i] else slowest_turn end,
                leaves_at_ms = slowest_turn + grace
              where w.name = who and w.bucket = keys[i];
            end if;
          end loop;
        end if;
        turns_at_ms := turns_at_ms || slowest_turn;
        limited_by := limited_by || keys[slowest];
      end if;
`;
