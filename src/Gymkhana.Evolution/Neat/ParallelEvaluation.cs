using Gymkhana.Evolution.Networks;
using Gymkhana.Evolution.Tasks;

namespace Gymkhana.Evolution.Neat;

/// <summary>
/// Scores genomes on several threads. Each genome's score goes to its own place, and depends on the genome and the episodes
/// alone, so that the number of threads and who does what changes nothing.
/// </summary>
internal sealed class ParallelEvaluation
{
    private readonly IFitnessEvaluator[] _evaluators;
    private readonly GenomeCompiler[] _compilers;
    private readonly NetworkGraph[] _networks;
    private int _next;

    public ParallelEvaluation(IFitnessTask task, int threads)
    {
        _evaluators = new IFitnessEvaluator[threads];
        _compilers = new GenomeCompiler[threads];
        _networks = new NetworkGraph[threads];
        for (int thread = 0; thread < threads; thread++)
        {
            _evaluators[thread] = task.CreateEvaluator();
            _compilers[thread] = new GenomeCompiler(task.Inputs, task.Outputs);
            _networks[thread] = new NetworkGraph(task.Inputs, task.Outputs);
        }
    }

    /// <summary>Scores the genomes whose place in <paramref name="wanted"/> is set.</summary>
    public void Run(Genome[] genomes, bool[] wanted, ulong[] seeds, Score[] scores)
    {
        if (_evaluators.Length > 1)
        {
            RunParallel(genomes, wanted, seeds, scores);
            return;
        }

        for (int i = 0; i < genomes.Length; i++)
        {
            if (wanted[i])
            {
                Score(0, genomes[i], seeds, out scores[i]);
            }
        }
    }

    private void RunParallel(Genome[] genomes, bool[] wanted, ulong[] seeds, Score[] scores)
    {
        _next = -1;
        Parallel.For(0, _evaluators.Length, new ParallelOptions { MaxDegreeOfParallelism = _evaluators.Length }, thread =>
        {
            for (int i = Interlocked.Increment(ref _next); i < genomes.Length; i = Interlocked.Increment(ref _next))
            {
                if (wanted[i])
                {
                    Score(thread, genomes[i], seeds, out scores[i]);
                }
            }
        });
    }

    private void Score(int thread, Genome genome, ulong[] seeds, out Score score)
    {
        _compilers[thread].Compile(genome, _networks[thread]);
        score = _evaluators[thread].Evaluate(_networks[thread], seeds);
    }
}
