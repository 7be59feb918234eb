import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Millions of ids, from 0 to 2^31 - 1, in a bit each. */
final class Ids {
    private final BitSet ids = new BitSet();

    synchronized void add(long id) {
        ids.set(Math.toIntExact(id));
    }

    synchronized List<int[]> ranges() {
        return ranges(ids);
    }

    /** As [first, last], ascending. */
    static List<int[]> ranges(BitSet ids) {
        List<int[]> found = new ArrayList<>();
        for (int first = ids.nextSetBit(0); first >= 0; ) {
            int end = ids.nextClearBit(first);
            found.add(new int[] {first, end - 1});
            first = ids.nextSetBit(end);
        }
        return found;
    }
}
