#:project ../src/Gymkhana.Environments
#:property PublishAot=false

// The smallest program: one walker, random commands, one episode.
//   dotnet run examples/WalkAlone.cs
using Gymkhana.Core.Environments;
using Gymkhana.Core.Randomness;
using Gymkhana.Environments.Walker;

WalkerEnvironment environment = new(new WalkerOptions(), count: 1);
AgentGroup walker = environment.Groups[0];
Batch<float> actions = walker.Actions.As<float>();
KeyedStream random = new(seed: 1, stream: 0, StreamPurpose.Acting);

environment.Reset(seed: 1);
double reward = 0;
bool ended = false;
for (int step = 1; !ended; step++)
{
    for (int i = 0; i < walker.ActionSpace.Size; i++)
    {
        actions[0, i, 0] = random.Uniform(-1f, 1f);
    }

    environment.Step();
    reward += walker.Rewards[0, 0, 0];
    ended = walker.Terminated[0, 0, 0] || walker.Truncated[0, 0, 0];
    if (step % 600 == 0 && !ended)
    {
        // Observation 0 is the distance from the head to the target in thousands of units.
        Console.WriteLine($"after {step / 60,3} s: reward {reward:F3}, distance to the target {1000 * walker.Observations.Read(0, 0, 0):F0} units");
    }
}

Console.WriteLine($"{environment.Figures[0, 0, 0]} targets reached, return {reward:F3}");
