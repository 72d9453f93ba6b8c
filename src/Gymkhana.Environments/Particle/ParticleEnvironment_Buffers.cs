using Gymkhana.Core.Environments;

namespace Gymkhana.Environments.Particle;

/// <content>What goes in and out of a block: actions, observations, recorded state.</content>
public abstract unsafe partial class ParticleEnvironment
{
    // Choice 1 pushes left, 2 right, 3 down, 4 up.
    private static ReadOnlySpan<sbyte> PushX => [0, -1, 1, 0, 0];

    private static ReadOnlySpan<sbyte> PushY => [0, 0, 0, -1, 1];

    /// <summary>Writes the forces of moves 0 to 4 that lie in the agents' rows.</summary>
    private protected void Push(double* rows, int firstAgent, int agents)
    {
        for (int agent = firstAgent; agent < firstAgent + agents; agent++)
        {
            double acceleration = Bodies.Accelerations[agent];
            double* move = rows + Rows.Move(agent), force = rows + Rows.Force(agent);
            for (int lane = 0; lane < ParticleRows.Lanes; lane++)
            {
                int choice = (int)move[lane];
                force[lane] = acceleration * PushX[choice];
                force[ParticleRows.Lanes + lane] = acceleration * PushY[choice];
            }
        }
    }

    private void Decode(double* rows, int block, int group)
    {
        int first = block * ParticleRows.Lanes, lanes = LanesOf(block);
        AgentGroup agents = Groups[group];
        double* x = stackalloc double[5];
        double* y = stackalloc double[5];
        for (int agent = 0; agent < agents.Agents.Length; agent++)
        {
            int index = Members[group].First + agent;
            double acceleration = Bodies.Accelerations[index];
            double* force = rows + Rows.Force(index);
            if (_continuous)
            {
                DecodeNumbers(agents.Actions.As<float>(), agent, first, lanes, force, acceleration);
                continue;
            }

            for (int choice = 0; choice < 5; choice++)
            {
                x[choice] = acceleration * PushX[choice];
                y[choice] = acceleration * PushY[choice];
            }

            int* actions = ((Batch<int>)agents.Actions).Pointer + agents.Actions.IndexOf(agent, 0, first);
            for (int lane = 0; lane < lanes; lane++)
            {
                int choice = actions[lane];
                force[lane] = x[choice];
                force[ParticleRows.Lanes + lane] = y[choice];
            }
        }
    }

    // The difference is taken in single precision, as in the original, and widened afterwards.
    private static void DecodeNumbers(Batch<float> actions, int agent, int first, int lanes, double* force, double acceleration)
    {
        float* numbers = actions.Pointer + actions.IndexOf(agent, 0, first);
        int stride = actions.Stride;
        for (int lane = 0; lane < lanes; lane++)
        {
            float x = Clip(numbers[(2 * stride) + lane]) - Clip(numbers[stride + lane]);
            float y = Clip(numbers[(4 * stride) + lane]) - Clip(numbers[(3 * stride) + lane]);
            force[lane] = x * acceleration;
            force[ParticleRows.Lanes + lane] = y * acceleration;
        }
    }

    private static float Clip(float value) => value > 0 ? (value < 1 ? value : 1) : 0;

    private void Observe(int block, bool final)
    {
        double* rows = Block(block);
        int first = block * ParticleRows.Lanes;
        for (int group = 0; group < Groups.Length; group++)
        {
            var target = (Batch<float>)(final ? Groups[group].FinalObservations : Groups[group].Observations);
            for (int agent = 0; agent < target.Agents; agent++)
            {
                Observe(rows, block, _plans[Members[group].First + agent], target.Pointer + target.IndexOf(agent, 0, first), target.Stride);
            }
        }

        if (KeepsGlobalState)
        {
            Batch<float> target = final ? FinalGlobalState : GlobalState;
            Observe(rows, block, _globalPlan, target.Pointer + first, target.Stride);
        }
    }

    private void Observe(double* rows, int block, ObservationPlan plan, float* destination, int stride)
    {
        _kernel.Observe(rows, plan, destination, stride);
        for (int lane = 0; plan.Nearest is not null && lane < LanesOf(block); lane++)
        {
            plan.Nearest.Write(rows, lane, destination + lane, stride);
        }
    }

    private void ObserveLane(double* rows, int copy, int lane)
    {
        for (int group = 0; group < Groups.Length; group++)
        {
            var target = (Batch<float>)Groups[group].Observations;
            for (int agent = 0; agent < target.Agents; agent++)
            {
                _plans[Members[group].First + agent].ObserveLane(rows, lane, target.Pointer + target.IndexOf(agent, 0, copy), target.Stride);
            }
        }

        if (KeepsGlobalState)
        {
            _globalPlan.ObserveLane(rows, lane, GlobalState.Pointer + copy, GlobalState.Stride);
        }
    }

    private void KeepFinal(int copy)
    {
        foreach (AgentGroup group in Groups)
        {
            CopyColumn((Batch<float>)group.Observations, (Batch<float>)group.FinalObservations, copy);
        }

        if (KeepsGlobalState)
        {
            CopyColumn(GlobalState, FinalGlobalState, copy);
        }
    }

    private static void CopyColumn(Batch<float> source, Batch<float> destination, int copy)
    {
        float* from = source.Pointer + copy;
        float* to = destination.Pointer + copy;
        for (int row = source.Agents * source.Features; row > 0; row--)
        {
            *to = *from;
            from += source.Stride;
            to += source.Stride;
        }
    }

    private void RecordState(int block)
    {
        if (!RecordsState)
        {
            return;
        }

        double* rows = Block(block);
        int first = block * ParticleRows.Lanes;
        Record(rows, _agentPlaces, first);
        Record(rows + Rows.Velocity(0), _agentVelocities, first);
        Record(rows + ParticleRows.Place(Bodies.Agents), _landmarkPlaces, first);
    }

    private static void Record(double* source, Batch<double> destination, int first)
    {
        for (int row = 0; row < destination.Features; row++)
        {
            new ReadOnlySpan<double>(source + (row * ParticleRows.Lanes), ParticleRows.Lanes).CopyTo(new Span<double>(destination.Pointer + destination.IndexOf(0, row, first), ParticleRows.Lanes));
        }
    }
}
