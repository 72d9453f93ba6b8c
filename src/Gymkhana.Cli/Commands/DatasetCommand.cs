using System.CommandLine;
using System.Globalization;
using Gymkhana.Core.Settings;
using Gymkhana.Learning.Datasets;
using Gymkhana.Learning.Offline;

namespace Gymkhana.Cli.Commands;

/// <summary><c>dataset collect|inspect|verify|estimate</c>: makes datasets, looks into them, checks them, and prices a policy by one.</summary>
internal static class DatasetCommand
{
    private const int DefaultUpdates = 10000;

    public static Command Build(Lazy<Rooms> rooms) => new("dataset", "collect, inspect and verify datasets, or estimate a policy's value from one")
    {
        DatasetCollectCommand.Build(rooms), DatasetInspectCommand.Build(), Verify(), Estimate(rooms),
    };

    /// <summary>How a dataset in the lecture's form is read.</summary>
    public static Option<string> Dones() => new("--dones")
    {
        Description = "what 'dones' means where the dataset is in the lecture's form: auto, done or not-done (default: auto, found out by its mean)",
        HelpName = "MEANING",
        DefaultValueFactory = _ => "auto",
    };

    public static DonesMeaning DonesOf(string word) => word switch
    {
        "auto" => DonesMeaning.Auto,
        "done" => DonesMeaning.Done,
        "not-done" => DonesMeaning.NotDone,
        _ => throw new UsageException($"Option --dones expects auto, done or not-done, got '{word}'."),
    };

    private static Command Verify()
    {
        var folder = new Argument<string>("DIR") { Description = "folder of the dataset" };
        Option<string> dones = Dones();
        Option<bool> json = SharedOptions.Json();
        var command = new Command("verify", "read every shard from end to end and name the first fault") { folder, dones, json };
        command.SetAction(parsed =>
        {
            var options = new DatasetOptions(DonesOf(parsed.GetValue(dones)!));
            using var stop = new StopSignal(() => { });
            string path = parsed.GetRequiredValue(folder);
            if (!parsed.GetValue(json))
            {
                Dataset dataset = DatasetVerification.Verify(path, options, (_, _) => { }, Console.Error.WriteLine, stop.Token);
                Console.Out.WriteLine($"{path}: nothing wrong in {dataset.Shards.Length} shards, {Readable.Count(dataset.Transitions)} transitions, {Readable.Count(dataset.Episodes.Count())} episodes");
                return CommandLine.Done;
            }

            try
            {
                Dataset dataset = DatasetVerification.Verify(path, options, (_, _) => { }, Console.Error.WriteLine, stop.Token);
                JsonOutput.Write(writer =>
                {
                    writer.WriteBoolean("ok", true);
                    writer.WriteNumber("shards", dataset.Shards.Length);
                    writer.WriteNumber("transitions", dataset.Transitions);
                    writer.WriteNumber("episodes", dataset.Episodes.Count());
                });
                return CommandLine.Done;
            }
            catch (DatasetException fault)
            {
                JsonOutput.Write(writer =>
                {
                    writer.WriteBoolean("ok", false);
                    writer.WriteString("reason", fault.Message);
                });
                return CommandLine.Failed;
            }
        });
        return command;
    }

    private static Command Estimate(Lazy<Rooms> rooms)
    {
        var policy = new Argument<string>("POLICY") { Description = "run folder or champion of bc, filtered-bc, bcq, dqn or cql" };
        var folder = new Argument<string>("DIR") { Description = "folder of the dataset; best of one the policy was not learned from" };
        Option<int?> updates = SharedOptions.Number("--updates", "N", $"updates of the estimate (default: {DefaultUpdates})", 1);
        Option<ulong?> seed = SharedOptions.Seed("seed of the estimate (default: 1)");
        Option<int?> threads = SharedOptions.Threads();
        Option<string[]> set = SharedOptions.Set("the estimate (discount, tau, learning-rate, batch, hidden, memory-mb, ...)");
        Option<bool> json = SharedOptions.Json();
        var command = new Command("estimate", "estimate without the world what a policy is worth (fitted Q evaluation)") { policy, folder, updates, seed, threads, set, json };
        command.SetAction(parsed =>
        {
            string text = parsed.GetRequiredValue(policy);
            OfflinePolicy acting = new PolicyResolver(rooms.Value).Resolve(text).Policy as OfflinePolicy
                ?? throw new UsageException($"'{text}' was not learned from a dataset. Give a run or champion of bc, filtered-bc, bcq, dqn or cql.");
            OfflineAlgorithm model = OfflineAlgorithm.All.First(a => a.Name == "dqn");
            SettingValues values = SettingAssignments.Apply(parsed.GetValue(set) ?? [], model.Schema.Defaults);
            OfflineSettings settings = OfflineSettings.From(values);
            int count = parsed.GetValue(updates) ?? DefaultUpdates;
            Dataset dataset = Dataset.Open(parsed.GetRequiredValue(folder), settings.Reading with { Actions = acting.Network.Description.Actions }, Console.Error.WriteLine);
            using var stop = new StopSignal(() => { });
            var evaluation = new FittedQEvaluation(dataset, acting, settings, parsed.GetValue(seed) ?? 1, parsed.GetValue(threads) ?? Environment.ProcessorCount, Console.Error.WriteLine);
            ValueEstimate estimate = evaluation.Run(count, _ => { }, stop.Token);
            if (parsed.GetValue(json))
            {
                JsonOutput.Write(writer =>
                {
                    writer.WriteString("policy", text);
                    writer.WriteString("dataset", dataset.Path);
                    writer.WriteNumber("discount", settings.Discount);
                    writer.WriteNumber("value", estimate.Value);
                    writer.WriteNumber("dataValue", estimate.DataValue);
                    writer.WriteNumber("starts", estimate.Starts);
                    writer.WriteNumber("agreement", estimate.Agreement);
                });
            }
            else
            {
                Console.Out.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{text}: discounted return {estimate.Value:0.00} estimated over {estimate.Starts} first observations; the data's own episodes have {estimate.DataValue:0.00}; the policy does what the data did in {estimate.Agreement:P0} of the transitions"));
            }

            return CommandLine.Done;
        });
        return command;
    }
}
