using Gymkhana.Learning.Datasets;

namespace Gymkhana.Learning.Offline;

/// <summary>Some batches of the episodes that are held out, kept in memory: what a network is held against without the world.</summary>
internal sealed class HeldOutBatches
{
    private const int Most = 8;
    private const long LeastMemory = 64L << 20;

    private readonly TransitionBatch[] _batches;

    public HeldOutBatches(Dataset dataset, EpisodeSelection selection, OfflineSettings settings, ulong seed, Action<string> note)
    {
        int count = (int)Math.Min(Most, (selection.Transitions + settings.Batch - 1) / settings.Batch);
        _batches = new TransitionBatch[count];
        if (count == 0)
        {
            return;
        }

        long memory = Math.Max(LeastMemory, 2 * dataset.Shards.Max(s => s.LoadedBytes));
        var options = new StreamOptions(settings.Batch, memory, seed, settings.Reading.SkipDamaged);
        using var stream = new TransitionStream(dataset, selection, options, default, note);
        for (int i = 0; i < count; i++)
        {
            _batches[i] = new TransitionBatch(dataset.Layout, settings.Batch);
            _batches[i].CopyFrom(stream.Next());
        }
    }

    /// <summary>Whether there is anything.</summary>
    public bool Any => _batches.Length > 0;

    /// <summary>The mean loss and agreement of a learner.</summary>
    public (double Loss, double Agreement) Measure(OfflineLearner learner)
    {
        double loss = 0, agreement = 0;
        foreach (TransitionBatch batch in _batches)
        {
            (double ofBatch, double same) = learner.Validate(batch);
            loss += ofBatch;
            agreement += same;
        }

        return (loss / _batches.Length, agreement / _batches.Length);
    }
}
