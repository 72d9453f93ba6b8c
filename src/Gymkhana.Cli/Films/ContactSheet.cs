using System.Collections.Immutable;
using Gymkhana.Environments.Drawing;
using Gymkhana.Learning.Datasets;

namespace Gymkhana.Cli.Films;

/// <summary>Pictures of a dataset at even distances, on one sheet.</summary>
internal static class ContactSheet
{
    private const int Columns = 10;
    private const int Rows = 6;
    private const int Gap = 2;
    private const uint Background = 0xFF202020;

    /// <summary>Whether observations are pictures that can be shown.</summary>
    /// <param name="layout">What an observation is made of.</param>
    /// <returns>True for bytes of [height, width], [frames, height, width] or [height, width, 3].</returns>
    public static bool Holds(DatasetLayout layout) => layout.IsPixels && layout.Frame.Length is 2 or 3 && layout.Observation.Length is 2 or 3;

    /// <summary>Writes the sheet; shards are read one at a time.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="path">The PNG file.</param>
    /// <param name="skipDamaged">Whether places of damaged shards stay empty.</param>
    public static void Write(Dataset dataset, string path, bool skipDamaged)
    {
        ImmutableArray<int> shape = dataset.Layout.Observation;
        bool colour = shape.Length == 3 && shape[2] == 3;
        (int height, int width) = colour ? (shape[0], shape[1]) : (shape[^2], shape[^1]);
        var canvas = new Canvas((Columns * (width + Gap)) + Gap, (Rows * (height + Gap)) + Gap);
        canvas.Pixels.Fill(Background);
        byte[] state = new byte[dataset.Layout.ObservationBytes], next = new byte[state.Length];
        long first = 0;
        int place = 0;
        foreach (DatasetShard shard in dataset.Shards)
        {
            ShardContent? content = null;
            bool isDamaged = false;
            for (; place < Columns * Rows && Transition(dataset, place) < first + shard.Transitions; place++)
            {
                try
                {
                    content ??= isDamaged ? null : shard.Load();
                }
                catch (DatasetException) when (skipDamaged)
                {
                    isDamaged = true;
                }

                if (content is not null)
                {
                    int transition = (int)(Transition(dataset, place) - first);
                    content.Copy(transition, transition, state, next);
                    int pixels = height * width;
                    ReadOnlySpan<byte> newest = colour ? state : state.AsSpan(state.Length - pixels);
                    Draw(canvas, newest, height, width, colour, Gap + (place % Columns * (width + Gap)), Gap + (place / Columns * (height + Gap)));
                }
            }

            first += shard.Transitions;
        }

        PngWriter.Write(path, canvas);
    }

    private static long Transition(Dataset dataset, int place) => ((2L * place) + 1) * dataset.Transitions / (2 * Columns * Rows);

    private static void Draw(Canvas canvas, ReadOnlySpan<byte> picture, int height, int width, bool colour, int left, int top)
    {
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int at = (y * width) + x;
                uint pixel = colour
                    ? ((uint)picture[3 * at] << 16) | ((uint)picture[(3 * at) + 1] << 8) | picture[(3 * at) + 2]
                    : picture[at] * 0x010101u;
                canvas.Pixels[((top + y) * canvas.Width) + left + x] = 0xFF000000 | pixel;
            }
        }
    }
}
