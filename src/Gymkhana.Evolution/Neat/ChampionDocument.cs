using System.Text.Json;
using System.Text.Json.Nodes;
using Gymkhana.Core;
using Gymkhana.Evolution.Networks;

namespace Gymkhana.Evolution.Neat;

/// <summary>A genome with what it was evolved for, as it is kept in <c>champion.genome.json</c>: readable, exact (floats round-trip), stable byte for byte.</summary>
/// <param name="Environment">Id of the environment.</param>
/// <param name="Inputs">Inputs of the network.</param>
/// <param name="Outputs">Outputs of the network.</param>
/// <param name="Genome">The genes.</param>
public sealed record ChampionDocument(string Environment, int Inputs, int Outputs, Genome Genome)
{
    private const string Format = "gymkhana-genome-1";

    /// <summary>Writes the document as JSON, UTF-8.</summary>
    /// <param name="destination">Where to.</param>
    public void Write(Stream destination)
    {
        using Utf8JsonWriter json = new(destination, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteString("environment", Environment);
        json.WriteNumber("inputs", Inputs);
        json.WriteNumber("outputs", Outputs);
        json.WriteNumber("scale", Genome.Scale);
        json.WriteStartArray("nodes");
        foreach (ref readonly NodeGene node in Genome.Nodes)
        {
            json.WriteStartObject();
            json.WriteNumber("id", node.Id);
            if (node.Id >= Inputs)
            {
                json.WriteNumber("bias", node.Bias);
                json.WriteString("activation", NeatSettings.WordFor(node.Activation));
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("connections");
        foreach (ref readonly ConnectionGene connection in Genome.Connections)
        {
            json.WriteStartObject();
            json.WriteNumber("innovation", connection.Innovation);
            json.WriteNumber("from", connection.From);
            json.WriteNumber("to", connection.To);
            json.WriteNumber("weight", connection.Weight);
            json.WriteBoolean("enabled", connection.Enabled);
            json.WriteBoolean("recurrent", connection.Recurrent);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Reads a document.</summary>
    /// <param name="source">What <see cref="Write"/> wrote.</param>
    /// <param name="name">Where it comes from, for messages.</param>
    /// <returns>The document, checked.</returns>
    /// <exception cref="GymkhanaException">Damaged, or not such a document.</exception>
    public static ChampionDocument Read(Stream source, string name)
    {
        try
        {
            JsonNode json = JsonNode.Parse(source) ?? throw new JsonException("the file is empty");
            string format = (string?)json["format"] ?? throw new JsonException("it has no format");
            if (format != Format)
            {
                throw new JsonException($"its format is '{format}', expected '{Format}'");
            }

            ChampionDocument document = new(Text(json, "environment"), (int)Number(json, "inputs"), (int)Number(json, "outputs"), new Genome());
            document.Genome.Scale = (float)Number(json, "scale");
            foreach (JsonNode? node in Rows(json, "nodes"))
            {
                document.Genome.Add(document.ReadNode(node!)); // Rows holds no nulls.
            }

            foreach (JsonNode? connection in Rows(json, "connections"))
            {
                document.Genome.Add(document.ReadConnection(connection!)); // Rows holds no nulls.
            }

            document.Check();
            return document;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or OverflowException or ArgumentException)
        {
            string reason = e.Message.Split('\n')[0].TrimEnd('.');
            throw new GymkhanaException($"{name} is not a readable genome: {reason}. Use a champion.genome.json that 'gymkhana train neat' wrote.", e);
        }
    }

    private NodeGene ReadNode(JsonNode json)
    {
        int id = (int)Number(json, "id");
        return id < Inputs
            ? new NodeGene { Id = id }
            : new NodeGene { Id = id, Bias = (float)Number(json, "bias"), Activation = ParseActivation(Text(json, "activation")) };
    }

    private ConnectionGene ReadConnection(JsonNode json)
    {
        ConnectionGene gene = new()
        {
            Innovation = (int)Number(json, "innovation"),
            From = (int)Number(json, "from"),
            To = (int)Number(json, "to"),
            Weight = (float)Number(json, "weight"),
            Enabled = (bool)(json["enabled"] ?? throw new JsonException("a connection has no 'enabled'")),
            Recurrent = (bool)(json["recurrent"] ?? throw new JsonException("a connection has no 'recurrent'")),
        };
        if (Genome.PlaceOf(gene.From) < 0 || Genome.PlaceOf(gene.To) < 0 || gene.To < Inputs)
        {
            throw new JsonException($"connection {gene.From} → {gene.To} joins nodes that are not there");
        }

        return gene;
    }

    // What the compiler relies on: inputs and outputs present, ids and innovations distinct, no cycle but through recurrent connections.
    private void Check()
    {
        if (Inputs < 1 || Outputs < 1 || Genome.NodeCount < Inputs + Outputs)
        {
            throw new JsonException($"it needs {Inputs} inputs and {Outputs} outputs among its {Genome.NodeCount} nodes");
        }

        for (int place = 0; place < Genome.NodeCount; place++)
        {
            int id = Genome.Nodes[place].Id;
            if (place < Inputs + Outputs ? id != place : id == Genome.Nodes[place - 1].Id)
            {
                throw new JsonException($"node {id} is doubled or out of place");
            }
        }

        for (int place = 1; place < Genome.ConnectionCount; place++)
        {
            if (Genome.Connections[place].Innovation == Genome.Connections[place - 1].Innovation)
            {
                throw new JsonException($"innovation {Genome.Connections[place].Innovation} is doubled");
            }
        }

        if (HasNoOrder())
        {
            throw new JsonException("its connections leave no order of evaluation: feed-forward ones close a cycle");
        }
    }

    // Removes nodes that wait for none until none is left; what stays is in or behind a cycle.
    private bool HasNoOrder()
    {
        HashSet<int> left = [];
        foreach (ref readonly NodeGene node in Genome.Nodes)
        {
            left.Add(node.Id);
        }

        for (bool removed = true; removed;)
        {
            removed = false;
            foreach (int id in left.ToArray())
            {
                bool waits = false;
                foreach (ref readonly ConnectionGene connection in Genome.Connections)
                {
                    // A recurrent connection reads the step before: its target comes before its source.
                    waits |= connection.Recurrent
                        ? connection.From == id && connection.To != id && left.Contains(connection.To)
                        : connection.To == id && left.Contains(connection.From);
                }

                removed |= !waits && left.Remove(id);
            }
        }

        return left.Count > 0;
    }

    private static Activation ParseActivation(string word)
    {
        try
        {
            return NeatSettings.ParseActivation(word);
        }
        catch (UnknownNameException e)
        {
            throw new JsonException(e.Message, e);
        }
    }

    private static double Number(JsonNode json, string key)
    {
        double value = (double)(json[key] ?? throw new JsonException($"'{key}' is missing"));
        return double.IsFinite(value) ? value : throw new JsonException($"'{key}' is not a finite number");
    }

    private static string Text(JsonNode json, string key) => (string?)json[key] ?? throw new JsonException($"'{key}' is missing");

    private static JsonArray Rows(JsonNode json, string key)
    {
        JsonArray rows = json[key] as JsonArray ?? throw new JsonException($"'{key}' is missing");
        return rows.All(row => row is JsonObject) ? rows : throw new JsonException($"'{key}' holds something other than objects");
    }
}
