namespace Gymkhana.Learning.Datasets;

/// <summary>Reads a dataset from end to end and names what is wrong with it.</summary>
public static class DatasetVerification
{
    /// <summary>Checks every shard: there, of the right length and checksum, whole, and consistent in itself.</summary>
    /// <param name="path">The dataset's folder.</param>
    /// <param name="options">How to read it.</param>
    /// <param name="advanced">Told how many shards are checked, and of how many.</param>
    /// <param name="note">Told what was guessed.</param>
    /// <param name="cancellation">Stops it between two shards.</param>
    /// <returns>The dataset, in which nothing is wrong.</returns>
    /// <exception cref="DatasetException">The first thing that is wrong.</exception>
    public static Dataset Verify(string path, DatasetOptions options, Action<int, int> advanced, Action<string> note, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(advanced);
        Dataset dataset = Dataset.Open(path, options with { SkipDamaged = false }, note);
        int done = 0;
        foreach (DatasetShard shard in dataset.Shards)
        {
            cancellation.ThrowIfCancellationRequested();
            if (dataset.Manifest is { } manifest && DatasetWriter.Checksum(shard.Path) is string checksum && checksum != manifest.Shards[shard.Index].Sha256)
            {
                throw new DatasetException($"Shard {shard.Path}: its SHA-256 is {checksum}, {DatasetManifest.FileName} expects {manifest.Shards[shard.Index].Sha256}: the content has changed. Copy or collect it again, or set skip-damaged=true to go on without such shards.");
            }

            shard.Load();
            advanced(++done, dataset.Shards.Length);
        }

        if (dataset.Manifest is { } stated)
        {
            CheckTotals(path, stated, dataset);
        }

        return dataset;
    }

    private static void CheckTotals(string path, DatasetManifest manifest, Dataset dataset)
    {
        double sum = dataset.Episodes.Sum(e => e.Return);
        long episodes = dataset.Episodes.LongCount();
        double mean = episodes == 0 ? 0 : sum / episodes;
        if (episodes != manifest.Episodes || Math.Abs(mean - manifest.MeanReturn) > 1e-6 * (1 + Math.Abs(mean)))
        {
            throw new DatasetException($"'{Path.Combine(path, DatasetManifest.FileName)}' states {manifest.Episodes} episodes of mean return {manifest.MeanReturn:g6}, but the shards hold {episodes} of {mean:g6}. Collect the dataset anew.");
        }
    }
}
