//! The JSON Schema of a study, made from the tables of parameters, for editors.

use models::{Kind, Parameter};
use serde_json::{Map, Value, json};

use crate::catalogue::{WORLDS, World};
use crate::draws::WAYS;

/// The JSON Schema (draft 2020-12) of a study.
pub fn schema() -> Value {
    let models: Vec<&str> = WORLDS.iter().map(|world| world.name).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A study for armistice",
        "type": "object",
        "additionalProperties": false,
        "required": ["name", "model", "run"],
        "properties": {
            "name": {"type": "string", "description": "The run folder's name"},
            "question": {"type": "string", "description": "The question, in words"},
            "model": {"enum": models, "description": "The world it is played in"},
            "scenario": {"type": "string", "description": "Scenario file, relative to the study"},
            "run": {
                "type": "object",
                "additionalProperties": false,
                "required": ["replications"],
                "properties": {
                    "replications": {"type": "integer", "minimum": 1, "description": "At each design point"},
                    "precision": {
                        "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.5,
                        "description": "Half-width of 95 % intervals at which a point is left",
                    },
                    "seed": {"type": "integer", "minimum": 0},
                    "antithetic": {"type": "boolean", "description": "Replications in antithetic pairs"},
                    "keep": {"enum": ["summaries", "replications"]},
                    "format": {"enum": ["csv", "parquet"], "description": "Of the table of replications"},
                    "most_faults": {
                        "type": "number", "minimum": 0, "maximum": 1,
                        "description": "The greatest share of replications that may break off",
                    },
                    "paths": {
                        "type": "integer", "minimum": 0, "maximum": u32::MAX,
                        "description": "Replications at each design point whose paths are counted by month",
                    },
                },
            },
            "parameters": {"type": "object", "description": "Values of parameters"},
            "sweep": {"type": "object", "description": "Parameters with their levels"},
            "uncertain": {
                "type": "object",
                "description": "Parameters with distributions, such as { normal = [0.3, 0.4] }",
            },
            "ensemble": {
                "type": "object",
                "minProperties": 2,
                "additionalProperties": {"type": "object"},
                "description": "Named sets of values under each of which the study is played",
            },
            "draws": {
                "type": "object",
                "additionalProperties": false,
                "properties": {
                    "method": {"enum": WAYS.map(|(name, _)| name)},
                    "count": {"type": "integer", "minimum": 1, "maximum": 1_000_000},
                    "luck": {"enum": ["own", "shared"]},
                    "maximin": {"type": "boolean"},
                    "second_order": {"type": "boolean"},
                    "levels": {"type": "integer", "minimum": 2, "maximum": 1000, "multipleOf": 2},
                    "share": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
                },
            },
        },
        "allOf": WORLDS.iter().map(of_world).collect::<Vec<Value>>(),
    })
}

/// What holds for the studies of one world.
fn of_world(world: &World) -> Value {
    let fixed = |parameter: &Parameter| described(parameter, one(parameter.kind));
    let ranged = |parameter: &Parameter| described(parameter, swept(parameter.kind));
    let mut sweep = tree(world, &ranged);
    let mut point = tree(world, &fixed);
    point["properties"]["name"] = json!({"type": "string"});
    sweep["properties"]["points"] = json!({
        "description": "Values that belong together: a list of tables, or a CSV file",
        "anyOf": [{"type": "string"}, {"type": "array", "minItems": 1, "items": point}],
    });
    let mut parameters = tree(world, &fixed);
    parameters["properties"]["sources"] =
        json!({"type": "object", "description": "Where values come from, by parameter"});
    let mut then = json!({"properties": {"parameters": parameters, "sweep": sweep}});
    if world.scenario.is_some() {
        then["required"] = json!(["scenario"]);
    }
    json!({"if": {"properties": {"model": {"const": world.name}}}, "then": then})
}

fn described(parameter: &Parameter, mut schema: Value) -> Value {
    let text = format!("{} ({})", parameter.meaning, parameter.unit);
    schema["description"] = json!(text);
    if let Some(default) = parameter.default {
        schema["default"] = match parameter.kind.write(default) {
            models::Value::Number(number) => json!(number),
            models::Value::Flag(flag) => json!(flag),
            models::Value::Word(word) => json!(word),
        };
    }
    schema
}

/// One value of a kind.
fn one(kind: Kind) -> Value {
    match kind {
        Kind::Flag => json!({"type": "boolean"}),
        Kind::Word(words) => json!({"enum": words}),
        Kind::Whole { low, high } => json!({"type": "integer", "minimum": low, "maximum": high}),
        Kind::Number { low, high, above, below } => {
            let mut schema = json!({"type": "number"});
            if low.is_finite() {
                schema[if above { "exclusiveMinimum" } else { "minimum" }] = json!(low);
            }
            if high.is_finite() {
                schema[if below { "exclusiveMaximum" } else { "maximum" }] = json!(high);
            }
            schema
        }
    }
}

/// A value, a list of levels, or a range.
fn swept(kind: Kind) -> Value {
    let mut ways = vec![one(kind), json!({"type": "array", "items": one(kind), "minItems": 1})];
    if matches!(kind, Kind::Number { .. } | Kind::Whole { .. }) {
        ways.push(json!({
            "type": "object",
            "additionalProperties": false,
            "required": ["from", "to", "steps"],
            "properties": {
                "from": {"type": "number"},
                "to": {"type": "number"},
                "steps": {"type": "integer", "minimum": 2},
            },
        }));
    }
    json!({"anyOf": ways})
}

/// Nested objects for dotted paths; paths into the scenario are left open.
fn tree(world: &World, leaf: &dyn Fn(&Parameter) -> Value) -> Value {
    let mut root = branch();
    if world.scenario.is_some() {
        root["properties"] = json!({
            "actors": {"type": "object"}, "blocs": {"type": "object"}, "issues": {"type": "object"},
        });
    }
    for parameter in world.parameters {
        let mut keys: Vec<&str> = parameter.path.split('.').collect();
        let Some(last) = keys.pop() else { continue };
        let mut here = &mut root;
        for key in keys {
            if here["properties"].get(key).is_none() {
                here["properties"][key] = branch();
            }
            here = &mut here["properties"][key];
        }
        here["properties"][last] = leaf(parameter);
    }
    root
}

fn branch() -> Value {
    json!({"type": "object", "additionalProperties": false, "properties": Map::new()})
}
